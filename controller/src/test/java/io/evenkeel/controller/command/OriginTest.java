package io.evenkeel.controller.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OriginTest {

  @Test
  void shouldTellThePolicyFromThePersonWhoApprovedIt() {
    String approved = Origin.approved("ann", "load-balance-alpha");
    assertThat(approved).isEqualTo("operator:ann for load-balance-alpha");
    assertThat(Origin.policyOf(approved)).isEqualTo("load-balance-alpha");
    assertThat(Origin.isOperator(approved)).isFalse();
    assertThat(Origin.policyOf("load-balance-alpha")).isEqualTo("load-balance-alpha");
    assertThat(Origin.isOperator(Origin.operator("ann"))).isTrue();
    assertThat(Origin.policyOf("guard")).isEqualTo("guard");
  }

  @Test
  void shouldKeepThePolicyWhenTheNameIsAsLongAsNamesMayBe() {
    String approved = Origin.approved("x".repeat(256), "adam-epsilon");
    assertThat(approved).hasSize(256);
    assertThat(Origin.policyOf(approved)).isEqualTo("adam-epsilon");
    assertThat(Origin.operator("x".repeat(256))).hasSize(256);
  }
}
