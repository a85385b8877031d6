package io.evenkeel.alerting;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

class AlertingArchitectureTest {

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.alerting");

  @Test
  void shouldKeepRoutingPure() {
    noClasses()
        .that()
        .resideInAPackage("..alerting.route..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "java.nio..", "java.net..", "org.yaml..", "..alerting.config..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .check(classes);
  }

  @Test
  void shouldReachNeitherDatabaseNorNetworkNorAService() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "java.net.http..",
            "org.apache.kafka..",
            "io.evenkeel.controller..",
            "io.evenkeel.ui..",
            "io.evenkeel.contract.wire.proto..")
        .check(classes);
  }

  @Test
  void shouldHaveNoPackageCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.evenkeel.alerting.(*)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }
}
