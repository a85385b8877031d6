package io.evenkeel.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class StandaloneArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.standalone");

  @Test
  void shouldUseNoCodeOfServicesWhenWiringThem() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.writer..",
            "io.evenkeel.analytics.job..",
            "io.evenkeel.controller..",
            "io.evenkeel.ui..",
            "io.evenkeel.client..",
            "io.evenkeel.trainer..")
        .check(CLASSES);
  }

  @Test
  void shouldJudgeNothingItselfButForBacktestsWhenRulesAreChecked() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..standalone.rules..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.analytics.signal..",
            "io.evenkeel.analytics.detect..",
            "io.evenkeel.analytics.rule..",
            "io.evenkeel.analytics.offline..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.evenkeel.analytics.history.Backtest")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheSupervisorFreeOfKafkaAndSqlWhenItRunsAnything() {
    noClasses()
        .that()
        .resideInAPackage("..supervisor..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..", "java.sql..", "..standalone.up..", "..standalone.report..")
        .check(CLASSES);
  }
}
