package io.evenkeel.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class EmbeddedArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel");

  @Test
  void shouldKnowNoOtherPackageOfEvenkeelWhenUsedByAllOfThem() {
    noClasses()
        .that()
        .resideInAPackage("io.evenkeel.embedded..")
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "other packages of Evenkeel",
                type ->
                    type.getPackageName().startsWith("io.evenkeel")
                        && !type.getPackageName().startsWith("io.evenkeel.embedded")))
        .check(CLASSES);
  }
}
