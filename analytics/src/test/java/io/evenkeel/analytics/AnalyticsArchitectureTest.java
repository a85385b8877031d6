package io.evenkeel.analytics;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of the module's rooms. */
class AnalyticsArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.evenkeel.analytics");

  @Test
  void shouldKeepMathematicsPureWhenClassesAreImported() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..analytics.signal..",
            "..analytics.detect..",
            "..analytics.offline..",
            "..analytics.rule..",
            "..analytics.history..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.flink..", "org.apache.kafka..", "..analytics.job..", "java.util.concurrent")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(CLASSES);
  }

  @Test
  void shouldKeepSignalsIndependentOfDetectorsWhenClassesAreImported() {
    noClasses()
        .that()
        .resideInAPackage("..analytics.signal..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..analytics.detect..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepSignalsAndDetectorsUnawareOfWhoRunsThemWhenClassesAreImported() {
    noClasses()
        .that()
        .resideInAnyPackage("..analytics.signal..", "..analytics.detect..", "..analytics.job..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..analytics.offline..", "..analytics.history..")
        .check(CLASSES);
  }

  @Test
  void shouldReadTheStoreInOneRoomWhenClassesAreImported() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..analytics.history..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.sql..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheExpressionLanguageInItsRoomWhenClassesAreImported() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..analytics.rule..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.cel..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("..analytics.detect..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..analytics.rule..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepKafkaInTheConnectorWhenClassesAreImported() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..job.connector..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepGeneratedMessagesBehindTheCodecsWhenClassesAreImported() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", "io.evenkeel.contract.wire.proto..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepDetectorsStatelessWhenClassesAreImported() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Detector")
        .and()
        .areNotInterfaces()
        .should()
        .haveOnlyFinalFields()
        .andShould()
        .notBePublic()
        .check(CLASSES);
  }
}
