package io.evenkeel.replay;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ReplayArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.replay");

  @Test
  void shouldKnowOfEvenkeelOnlyTheContractAndTheClient() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.replay..",
            "io.evenkeel.contract..",
            "io.evenkeel.client..",
            "java..",
            "com.google.protobuf..",
            "de.siegmar.fastcsv..",
            "tools.jackson.core..",
            "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheFormatsApart() {
    for (String format : new String[] {"csv", "jsonl", "stored", "tensorboard", "trainerstate"}) {
      noClasses()
          .that()
          .resideInAnyPackage(
              "..replay.csv..",
              "..replay.jsonl..",
              "..replay.stored..",
              "..replay.tensorboard..",
              "..replay.trainerstate..",
              "..replay.point..",
              "..replay.tally..",
              "..replay.text..")
          .and()
          .resideOutsideOfPackage("..replay." + format + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..replay." + format + "..")
          .check(CLASSES);
    }
  }

  @Test
  void shouldSendThroughTheClientAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.replay.send..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.evenkeel.client..")
        .check(CLASSES);
  }

  @Test
  void shouldHaveNoCycleOfPackages() {
    slices().matching("io.evenkeel.replay.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
