package io.evenkeel.gym;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

class GymArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.gym");

  @Test
  void shouldNeedNoKafkaFlinkOrDatabase() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "org.apache.flink..",
            "java.sql..",
            "java.net..",
            "io.evenkeel.analytics.job..",
            "io.evenkeel.controller.kafka..",
            "io.evenkeel.controller.store..",
            "io.evenkeel.contract.wire..")
        .check(classes);
  }

  @Test
  void shouldPlayServicesInOnePackageAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..gym.play..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.analytics..", "io.evenkeel.controller..", "io.evenkeel.client..")
        .check(classes);
  }

  @Test
  void shouldHaveNoPackageCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.evenkeel.gym.(*)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }
}
