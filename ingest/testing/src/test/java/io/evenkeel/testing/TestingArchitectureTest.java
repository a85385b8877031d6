package io.evenkeel.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class TestingArchitectureTest {

  @Test
  void shouldRestOnTheContractAndTheJdkAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.evenkeel.testing..", "io.evenkeel.contract..", "java..", "org.jspecify..")
        .because("test support that pulls in a library pulls it into every module's tests")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.evenkeel.testing"));
  }
}
