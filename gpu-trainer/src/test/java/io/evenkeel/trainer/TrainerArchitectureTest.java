package io.evenkeel.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

final class TrainerArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.trainer");

  @Test
  void shouldLeaveDevicesToTheirBackends() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..trainer.ops.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("..trainer.ops.cpu..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages("..trainer.ops.cpu..", "..trainer.ops.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  @Test
  void shouldLeaveEncodingToTheClient() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.evenkeel.contract.wire..", "com.google.protobuf..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheMathematicsFreeOfTheContract() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..trainer.tensor..",
            "..trainer.ops..",
            "..trainer.layer..",
            "..trainer.model..",
            "..trainer.optim..",
            "..trainer.signal..",
            "..trainer.golden..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.evenkeel.contract..", "io.evenkeel.client..")
        .check(CLASSES);
  }

  @Test
  void shouldChooseABackendInTheApplicationAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..trainer.app..", "..trainer.ops..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..trainer.ops.cpu..", "..trainer.ops.cuda..", "..trainer.ops.reference..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("..trainer.ops.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..trainer.ops.cpu..", "..trainer.ops.host..", "..trainer.ops.reference..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("..trainer.ops.cpu..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..trainer.ops.reference..")
        .check(CLASSES);
  }

  @Test
  void shouldLetFaultsKnowNeitherLoopNorConfiguration() {
    noClasses()
        .that()
        .resideInAPackage("..trainer.fault..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..trainer.loop..",
            "..trainer.app..",
            "..trainer.config..",
            "..trainer.control..",
            "..trainer.telemetry..",
            "io.evenkeel.client..")
        .check(CLASSES);
  }

  @Test
  void shouldHaveNoCyclesBetweenPackages() {
    SlicesRuleDefinition.slices()
        .matching("io.evenkeel.trainer.(**)")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void shouldReachTheBrokerThroughTheClientAlone() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(CLASSES);
  }
}
