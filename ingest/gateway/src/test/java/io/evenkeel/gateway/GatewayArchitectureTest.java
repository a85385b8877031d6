package io.evenkeel.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayArchitectureTest {

  private static final String ROOT = "io.evenkeel.gateway.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.gateway");

  /** Each layer may use those that are named after it, and no other package of the gateway. */
  @ParameterizedTest
  @CsvSource({
    "problem, ''",
    "token, problem",
    "limit, problem token",
    "body, problem limit",
    "kafka, problem",
    "poll, problem",
    "letter, kafka",
    "intake, problem token limit body kafka letter",
    "telemetry, intake token",
    "run, intake token",
    "command, intake limit poll token",
    "otlp, body kafka letter limit problem token",
    "openapi, ''",
    "alert, kafka limit poll problem token",
  })
  void shouldImportOnlyTheLayersBelow(String layer, String below) {
    String[] others =
        CLASSES.stream()
            .map(type -> type.getPackageName().substring(ROOT.length()).split("\\.")[0])
            .distinct()
            .filter(name -> !name.equals(layer) && !(" " + below + " ").contains(" " + name + " "))
            .map(name -> ROOT + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(ROOT + layer + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheTokenFileFreeOfTheWebServer() {
    classes()
        .that()
        .haveNameMatching(".*\\.token\\.(TokenFile|Token|RunPattern)(\\$.*)?")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.gateway.token",
            "io.evenkeel.contract.error",
            "java..",
            "tools.jackson..",
            "org.jspecify..")
        .because("the command line uses them too")
        .check(CLASSES);
  }

  @Test
  void shouldLeaveOpenTelemetryToItsPackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.gateway.otlp..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.opentelemetry..")
        .check(CLASSES);
  }

  @Test
  void shouldLeaveKafkaToItsPackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.gateway.kafka..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(CLASSES);
  }

  @Test
  void shouldKnowOfEvenkeelOnlyTheContractAndLeaveGeneratedMessagesToIt() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.contract.wire.proto..", "io.evenkeel.client..", "io.evenkeel.writer..")
        .check(CLASSES);
  }
}
