package io.evenkeel.ui;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class UiArchitectureTest {
  private static final String[] SERVICES = {
    "io.evenkeel.ui.activity",
    "io.evenkeel.ui.api",
    "io.evenkeel.ui.labels",
    "io.evenkeel.ui.problem",
    "io.evenkeel.ui.alerts",
    "io.evenkeel.ui.chart",
    "io.evenkeel.ui.control",
    "io.evenkeel.ui.health",
    "io.evenkeel.ui.evidence",
    "io.evenkeel.ui.outbox",
    "io.evenkeel.ui.rules",
    "io.evenkeel.ui.livefeed",
    "io.evenkeel.ui.receivers",
    "io.evenkeel.ui.rundetail",
    "io.evenkeel.ui.runs",
    "io.evenkeel.ui.store"
  };
  private static final String[] PAGES = {
    "io.evenkeel.ui.alerts.ui..",
    "io.evenkeel.ui.chart.ui..",
    "io.evenkeel.ui.control.ui..",
    "io.evenkeel.ui.health.ui..",
    "io.evenkeel.ui.livefeed.ui..",
    "io.evenkeel.ui.receivers.ui..",
    "io.evenkeel.ui.rundetail.ui..",
    "io.evenkeel.ui.runs.ui..",
    "io.evenkeel.ui.rules.ui..",
    "io.evenkeel.ui.layout..",
    "io.evenkeel.ui.security.ui.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel");

  @Test
  void shouldKeepVaadinOutOfServicesWhenTheyAreRead() {
    noClasses()
        .that()
        .resideInAnyPackage(SERVICES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.vaadin..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepSqlAndKafkaOutOfPages() {
    noClasses()
        .that()
        .resideInAnyPackage(PAGES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.apache.kafka..")
        .check(CLASSES);
  }

  @Test
  void shouldKnowOfOtherModulesOnlyTheContract() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.ui..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.client..",
            "io.evenkeel.writer..",
            "io.evenkeel.analytics.job..",
            "io.evenkeel.analytics.signal..",
            "io.evenkeel.analytics.detect..",
            "io.evenkeel.analytics.offline..",
            "io.evenkeel.controller..",
            "io.evenkeel.trainer..",
            "io.evenkeel.standalone..",
            "io.evenkeel.contract.wire.proto..")
        .check(CLASSES);
  }

  @Test
  void shouldJudgeNothingOutsideOfRules() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.ui.rules")
        .and()
        .resideInAPackage("io.evenkeel.ui..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.evenkeel.analytics..", "dev.cel..")
        .check(CLASSES);
  }

  @Test
  void shouldRunFeaturesWithoutCyclesBetweenThem() {
    slices().matching("io.evenkeel.ui.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void shouldRenderNoHtmlFromText() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.ui..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("com.vaadin.flow.component.Html")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("com.vaadin.flow.data.renderer.LitRenderer")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheApiAwayFromPagesAndNobodyOnTheApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.ui.api..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.evenkeel.ui.api..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.ui.problem..")
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAPackage("io.evenkeel.ui..")
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAPackage("io.evenkeel.ui.problem.."))))
        .check(CLASSES);
  }
}
