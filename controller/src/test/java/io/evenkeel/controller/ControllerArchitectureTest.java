package io.evenkeel.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

class ControllerArchitectureTest {

  private static final String[] IO = {
    "java.net..",
    "java.nio.file..",
    "java.sql..",
    "javax.sql..",
    "org.apache.kafka..",
    "org.slf4j..",
    "com.zaxxer..",
    "org.flywaydb..",
    "com.github.kagkarlsson..",
    "com.fasterxml..",
    "java.util.concurrent.."
  };

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.controller");

  @Test
  void shouldKeepPoliciesAndGuardPure() {
    noClasses()
        .that()
        .resideInAnyPackage("..controller.policy..", "..controller.guard..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(IO)
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .check(classes);
  }

  @Test
  void shouldKeepTheLoopFreeOfKafkaAndDatabase() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..controller.steer..",
            "..controller.command..",
            "..controller.audit..",
            "..controller.operator..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(IO)
        .check(classes);
  }

  @Test
  void shouldKeepSteeringIndependentOfNotifyingAndStoring() {
    noClasses()
        .that()
        .resideInAnyPackage("..controller.steer..", "..controller.kafka..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..controller.notify..", "..controller.store..")
        .check(classes);
  }

  @Test
  void shouldKeepAlertRequestsApartFromSteering() {
    noClasses()
        .that()
        .resideInAPackage("..controller.notify..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..controller.steer..", "..controller.policy..", "..controller.guard..")
        .check(classes);
  }

  @Test
  void shouldKeepChannelsFreeOfTheDatabase() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..controller.notify.http..",
            "..controller.notify.text..",
            "..controller.notify.webhook..",
            "..controller.notify.slack..",
            "..controller.notify.pagerduty..",
            "..controller.notify.alertmanager..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "com.github.kagkarlsson..")
        .check(classes);
  }

  @Test
  void shouldKeepGeneratedProtobufInTheContract() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.evenkeel.contract.wire.proto..", "com.google.protobuf..")
        .check(classes);
  }

  @Test
  void shouldHaveNoPackageCycles() {
    SlicesRuleDefinition.slices()
        .matching("io.evenkeel.controller.(*)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }
}
