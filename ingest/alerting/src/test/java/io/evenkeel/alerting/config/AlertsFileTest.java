package io.evenkeel.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.alerting.route.InhibitRule;
import io.evenkeel.alerting.route.Route;
import io.evenkeel.alerting.route.Timing;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsFileTest {

  private static final String WHOLE =
      """
      global:
        external_url: https://evenkeel.example/
        runbook_url: https://wiki.example/runbooks/
        allow_private: true
      route:
        receiver: team
        group_by: [run, rule]
        group_wait: 500ms
        group_interval: 2m
        repeat_interval: 1h30m
        routes:
          - matchers: ['severity="critical"']
            receiver: pager
            group_wait: 0s
            repeat_interval: 0s
            continue: true
          - matchers: ['rule="plateau"']
            receiver: nobody
      receivers:
        - name: team
          slack_configs:
            - api_url: https://hooks.slack.example/services/geheim
              send_resolved: false
          webhook_configs:
            - url: https://hook.example/in?token=geheim
              secrets: [whsec_AAAA, whsec_BBBB]
              allow_private: false
        - name: pager
          pagerduty_configs:
            - routing_key_file: key.txt
          alertmanager_configs:
            - url: http://127.0.0.1:9093
        - name: nobody
      inhibit_rules:
        - source_matchers: ['rule="divergence"']
          target_matchers: ['rule="plateau"']
          equal: [run]
      """;

  @TempDir Path folder;

  @Test
  void shouldReadEverySetting() throws IOException {
    Files.writeString(folder.resolve("key.txt"), "geheim-key\n");
    AlertsFile file = AlertsFile.parse(WHOLE, folder, "");
    assertThat(file.problems()).isEmpty();
    AlertsConfig config = file.config().orElseThrow();
    assertThat(config.links().dashboard()).isEqualTo("https://evenkeel.example");
    assertThat(config.links().runbooks()).isEqualTo("https://wiki.example/runbooks");
    assertThat(config.receivers()).containsOnlyKeys("team", "pager", "nobody");
    assertThat(config.route().timing())
        .isEqualTo(
            new Timing(
                Duration.ofMillis(500),
                Duration.ofMinutes(2),
                Optional.of(Duration.ofMinutes(90))));
    Route pager = config.route().routes().getFirst();
    assertThat(pager.timing())
        .isEqualTo(new Timing(Duration.ZERO, Duration.ofMinutes(2), Optional.empty()));
    assertThat(pager.groupBy()).containsExactly("run", "rule");
    assertThat(pager.after()).isEqualTo(Route.After.CONTINUE);
    assertThat(config.inhibitRules()).hasSize(1);
    Channel.Webhook webhook = (Channel.Webhook) config.receivers().get("team").getFirst();
    assertThat(webhook.options().reach()).isEqualTo(Channel.Reach.PUBLIC_ONLY);
    assertThat(webhook.secrets()).hasSize(2);
    Channel.Slack slack = (Channel.Slack) config.receivers().get("team").get(1);
    assertThat(slack.options())
        .isEqualTo(new Channel.Options(Channel.Reach.PRIVATE_TOO, Channel.Resolved.KEPT));
    Channel.PagerDuty duty = (Channel.PagerDuty) config.receivers().get("pager").getFirst();
    assertThat(duty.routingKey().value()).isEqualTo("geheim-key");
    assertThat(config.toString() + slack.id("team"))
        .doesNotContain("geheim")
        .doesNotContain("whsec_");
  }

  @Test
  void shouldUseDefaultsWhenLittleIsSaid() {
    AlertsConfig config =
        AlertsFile.parse("route: {receiver: a}\nreceivers: [{name: a}]\n", folder, "http://ui")
            .config()
            .orElseThrow();
    assertThat(config.route().timing()).isEqualTo(Timing.DEFAULT);
    assertThat(config.route().groupBy()).containsExactly("run", "rule");
    assertThat(config.inhibitRules()).isEqualTo(InhibitRule.DEFAULT);
    assertThat(config.links().dashboard()).isEqualTo("http://ui");
  }

  @Test
  void shouldTellEveryErrorAtOnceWithItsPlace() {
    AlertsFile file =
        AlertsFile.parse(
            """
            route:
              receiver: nobody
              group_intervall: 5m
              repeat_interval: 5 minutes
              routes:
                - matchers: ['severity=="critical', 'run=~"("']
            receivers:
              - name: a b
                webhook_configs:
                  - url: ftp://user:geheim@x
                    secrets: [geheim]
              - name: c
                slack_configs:
                  - {}
                pagerduty_configs:
                  - routing_key_file: absent.txt
            inhibit_rules:
              - source_matchers: ['a="b"']
            templates: []
            """,
            folder,
            "");
    assertThat(file.config()).isEmpty();
    assertThat(file.problems())
        .extracting(Problem::line)
        .containsExactly(2, 3, 4, 6, 6, 8, 10, 11, 14, 16, 18, 19);
    assertThat(file.problems())
        .extracting(Problem::id)
        .contains(ErrorId.ALERTS_RECEIVER, ErrorId.ALERTS_CONFIG, ErrorId.ALERTS_SECRET);
    assertThat(file.problems().toString()).doesNotContain("geheim");
    assertThat(file.problems().getFirst().toString()).startsWith("2:13: EVK-ALERTS-RECEIVER: ");
  }

  @Test
  void shouldSayWhereWhenItIsNoYaml() {
    AlertsFile file = AlertsFile.parse("route:\n  receiver: [a\n", folder, "");
    assertThat(file.problems()).hasSize(1);
    assertThat(file.problems().getFirst().line()).isGreaterThan(1);
    assertThat(AlertsFile.parse("", folder, "").problems()).hasSize(1);
    assertThat(AlertsFile.parse("[]", folder, "").problems()).isNotEmpty();
  }

  @Test
  void shouldEndWhenTheFileIsMadeToBlowUp() {
    StringBuilder text = new StringBuilder("route: &r0 {receiver: a, routes: [*r0, *r0]}\n");
    text.append("receivers: [{name: a}]\n");
    assertThat(AlertsFile.parse(text.toString(), folder, "").config()).isEmpty();
  }

  @Test
  void shouldTellEachEventByItselfWhenTheEnvironmentNamesTheWebhooks() {
    AlertsConfig config =
        AlertsConfig.ofWebhooks(
            java.util.List.of(java.net.URI.create("http://h/x")),
            java.util.List.of(),
            Channel.Reach.PUBLIC_ONLY,
            "");
    assertThat(config.isEmpty()).isFalse();
    assertThat(config.route().targets(new TreeMap<>()).getFirst().timing().eachByItself()).isTrue();
  }
}
