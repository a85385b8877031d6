package io.evenkeel.contract;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.JsonCodec;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.contract.wire.Receipts;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.contract.wire.WireException;
import org.junit.jupiter.api.Test;

class ContractArchitectureTest {

  private static final JavaClasses CONTRACT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.evenkeel.contract");

  @Test
  void shouldShowProtobufToTheWirePackageAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.evenkeel.contract.wire..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", "io.evenkeel.contract.wire..")
        .because("records must not know how they travel")
        .check(CONTRACT);
  }

  private static final Class<?>[] PUBLIC_WIRE = {
    Codec.class,
    Codecs.class,
    JsonCodec.class,
    JsonCodecs.class,
    Receipts.class,
    RecordBatches.class,
    WireException.class
  };

  @Test
  void shouldShowNoProtobufTypeInThePublicWireApi() {
    for (Class<?> api : PUBLIC_WIRE) {
      for (var method : api.getDeclaredMethods()) {
        if (java.lang.reflect.Modifier.isPublic(method.getModifiers())) {
          org.assertj.core.api.Assertions.assertThat(method.toGenericString())
              .doesNotContain("protobuf")
              .doesNotContain(".proto.");
        }
      }
    }
    classes()
        .that()
        .resideInAPackage("io.evenkeel.contract.wire")
        .and()
        .areNotNestedClasses()
        .and(DescribedPredicate.not(JavaClass.Predicates.belongToAnyOf(PUBLIC_WIRE)))
        .should()
        .notBePublic()
        .check(CONTRACT);
  }

  @Test
  void shouldRestOnTheJdkAndProtobufAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.evenkeel.contract.wire.proto..")
        .and()
        .doNotHaveFullyQualifiedName(JsonCodecs.class.getName())
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java.lang..",
            "java.util",
            "java.util.function..",
            "java.util.regex..",
            "java.util.stream..",
            "java.time..",
            "java.io..",
            "java.nio", // buffers alone, no files
            "org.jspecify..",
            "com.google.protobuf..",
            "io.evenkeel.contract..")
        .because("the contract runs inside other people's trainers and clusters")
        .check(CONTRACT);
  }

  @Test
  void shouldBeImmutable() {
    classes()
        .that()
        .resideOutsideOfPackage("io.evenkeel.contract.wire..")
        .should()
        .haveOnlyFinalFields()
        .check(CONTRACT);
    classes()
        .that()
        .resideOutsideOfPackage("io.evenkeel.contract.wire..")
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(CONTRACT);
  }

  @Test
  void shouldHaveNoCyclesBetweenPackages() {
    SlicesRuleDefinition.slices()
        .matching("io.evenkeel.contract.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CONTRACT);
  }
}
