package io.evenkeel.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

class ClientArchitectureTest {

  private static final JavaClasses CLIENT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.client");

  @Test
  void shouldShowKafkaToItsTransportAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.client.kafka")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..")
        .check(CLIENT);
  }

  @Test
  void shouldShowHttpAndItsAnswersToTheHttpTransportAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.client.http")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "com.google.gson..")
        .check(CLIENT);
  }

  @Test
  void shouldKeepTheApiFreeOfTransports() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.client")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.evenkeel.client.(**)")
        .check(CLIENT);
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.client.buffer")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.client.kafka", "io.evenkeel.client.http", "io.evenkeel.client.memory")
        .check(CLIENT);
    SlicesRuleDefinition.slices()
        .matching("io.evenkeel.client.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLIENT);
  }

  @Test
  void shouldMeetServicesOnTheWireAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.logging..",
            "com.google.protobuf..",
            "io.evenkeel.contract.wire.proto..",
            "io.evenkeel.analytics..",
            "io.evenkeel.controller..",
            "io.evenkeel.writer..",
            "io.evenkeel.trainer..")
        .check(CLIENT);
  }
}
