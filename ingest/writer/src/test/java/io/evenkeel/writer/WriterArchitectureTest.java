package io.evenkeel.writer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class WriterArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.writer");

  @Test
  void shouldKnowOfEvenkeelOnlyTheContract() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.writer..",
            "io.evenkeel.contract..",
            "java..",
            "javax.sql..",
            "org.apache.kafka..",
            "org.postgresql..",
            "org.flywaydb..",
            "com.zaxxer.hikari..",
            "tools.jackson.core..",
            "io.prometheus.metrics..",
            "org.slf4j..",
            "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheStoreFreeOfKafkaAndOfTheOtherPackages() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.writer.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.evenkeel.writer.consume..",
            "io.evenkeel.writer.deadletter..",
            "io.evenkeel.writer.upkeep..",
            "io.evenkeel.writer.app..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheMetricsFreeOfEverythingElse() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.writer.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "java.sql..",
            "io.evenkeel.writer.store..",
            "io.evenkeel.writer.consume..",
            "io.evenkeel.writer.deadletter..",
            "io.evenkeel.writer.upkeep..",
            "io.evenkeel.writer.app..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepUpkeepFreeOfKafkaAndOfThePackagesButTheStore() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.writer.upkeep..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.evenkeel.writer.consume..",
            "io.evenkeel.writer.deadletter..",
            "io.evenkeel.writer.metrics..",
            "io.evenkeel.writer.app..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepSqlInTheStoreAndItsUpkeep() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.evenkeel.writer.store..", "io.evenkeel.writer.upkeep..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.postgresql..", "org.flywaydb..")
        .check(CLASSES);
  }

  @Test
  void shouldLeaveGeneratedMessagesToTheContract() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.evenkeel.contract.wire.proto..", "com.google.protobuf..")
        .check(CLASSES);
  }

  @Test
  void shouldLayerConsumeOverDeadLetterAndAppOverBoth() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.writer.deadletter..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.evenkeel.writer.consume..", "io.evenkeel.writer.app..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.writer.consume..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.evenkeel.writer.app..")
        .check(CLASSES);
  }
}
