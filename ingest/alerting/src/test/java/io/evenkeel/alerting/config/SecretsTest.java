package io.evenkeel.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What who edits from afar may say, and what is shown of what the owner said. */
class SecretsTest {

  @TempDir Path folder;

  private AlertsFile saved(String channel, Reach reach) {
    return AlertsFile.parse(file(channel), Secrets.ofFolder(Optional.of(folder), reach), "");
  }

  private static String file(String channel) {
    return """
    route: {receiver: team}
    receivers:
      - name: team
        %s
    """
        .formatted(channel);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "slack_configs: [{api_url: 'https://hooks.example/geheim'}]",
        "pagerduty_configs: [{routing_key: geheim-key}]",
        "alertmanager_configs: [{url: 'https://am.example', bearer_token: geheim}]",
        "webhook_configs: [{url: 'https://h.example/in?token=geheim'}]",
        "webhook_configs: [{url: 'https://h.example/in', secrets: [whsec_AAAA]}]"
      })
  void shouldRefuseASecretInClearWhenSavedFromAfar(String channel) {
    AlertsFile file = saved(channel, Reach.PUBLIC_ONLY);

    assertThat(file.problems())
        .extracting(Problem::id)
        .containsExactly(ErrorId.ALERTS_CLEAR_SECRET);
    assertThat(file.problems().getFirst().line()).isEqualTo(4);
    assertThat(file.problems().toString()).doesNotContain("geheim").doesNotContain("whsec_AAAA");
    assertThat(AlertsFile.parse(file(channel), folder, "").problems()).isEmpty();
  }

  /** An admin of the dashboard is not the owner of the key. */
  @Test
  void shouldSendAKeyOnlyWhereTheNameOfItsFileSays() throws IOException {
    for (String name : List.of("pd", "am", "pd@events.other.example", "am@AM.example")) {
      Files.writeString(folder.resolve(name), "geheim\n");
    }
    String pager = "pagerduty_configs: [{routing_key_file: '%s', url: 'https://%s/v2/enqueue'}]";
    String alertmanager = "alertmanager_configs: [{bearer_token_file: '%s', url: 'https://%s'}]";

    assertThat(keyProblems("pagerduty_configs: [{routing_key_file: pd}]")).isEmpty();
    assertThat(keyProblems(pager.formatted("pd", "events.eu.pagerduty.com"))).isEmpty();
    assertThat(keyProblems(pager.formatted("pd@events.other.example", "events.OTHER.example")))
        .isEmpty();
    assertThat(keyProblems(alertmanager.formatted("am@AM.example", "am.example:9093"))).isEmpty();

    assertThat(keyProblems(pager.formatted("pd", "evil.example")))
        .singleElement()
        .asString()
        .contains("may not be sent to evil.example", "'@evil.example'")
        .doesNotContain("geheim");
    assertThat(keyProblems(pager.formatted("pd", "events.pagerduty.com.evil.example"))).hasSize(1);
    assertThat(keyProblems(pager.formatted("pd@events.other.example", "evil.example"))).hasSize(1);
    assertThat(keyProblems(alertmanager.formatted("am", "am.example"))).hasSize(1);
    assertThat(keyProblems(alertmanager.formatted("am@AM.example", "evil.example"))).hasSize(1);
    // The owner of the machine says all in his own file.
    assertThat(
            AlertsFile.parse(file(alertmanager.formatted("am", "evil.example")), folder, "")
                .problems())
        .isEmpty();
  }

  /** Of the controller and of the editor, which agree. */
  private List<Problem> keyProblems(String channel) {
    List<Problem> there = saved(channel, Reach.PUBLIC_ONLY).problems();
    Secrets names =
        Secrets.named(
            Set.of("pd", "am", "pd@events.other.example", "am@AM.example"), Reach.PUBLIC_ONLY);
    assertThat(AlertsFile.parse(file(channel), names, "").problems()).isEqualTo(there);
    return there;
  }

  @Test
  void shouldReadASecretOfTheFolder() throws IOException {
    Files.writeString(folder.resolve("slack-url"), "https://hooks.example/geheim\n");

    AlertsFile file = saved("slack_configs: [{api_url_file: slack-url}]", Reach.PUBLIC_ONLY);

    assertThat(file.problems()).isEmpty();
    assertThat(file.config().orElseThrow().receivers().get("team"))
        .hasSize(1)
        .first()
        .hasFieldOrPropertyWithValue("url", java.net.URI.create("https://hooks.example/geheim"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../outside", "/etc/passwd", "sub/inner", "link", "..", "absent", "empty"})
  void shouldReadNothingOutsideTheFolder(String name) throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.createDirectory(home.resolve("sub"));
    Files.writeString(home.resolve("sub/inner"), "https://a.example/");
    Files.writeString(outside.resolve("file"), "https://a.example/");
    Files.createSymbolicLink(home.resolve("link"), outside.resolve("file"));
    Files.writeString(home.resolve("empty"), "\n");

    AlertsFile file =
        AlertsFile.parse(
            file("slack_configs: [{api_url_file: '" + name + "'}]"),
            Secrets.ofFolder(Optional.of(home), Reach.PUBLIC_ONLY),
            "");

    assertThat(file.problems()).extracting(Problem::id).containsExactly(ErrorId.ALERTS_SECRET);
  }

  @Test
  void shouldFollowALinkInsideTheFolderAsMountedSecretsAre() throws IOException {
    Files.createDirectory(folder.resolve("..2026"));
    Files.writeString(folder.resolve("..2026/url"), "https://a.example/");
    Files.createSymbolicLink(folder.resolve("url"), folder.resolve("..2026/url"));

    assertThat(saved("slack_configs: [{api_url_file: url}]", Reach.PUBLIC_ONLY).problems())
        .isEmpty();
  }

  @Test
  void shouldLetPrivateAddressesBeAllowedOnlyWhereTheOwnerHas() {
    String channel = "webhook_configs: [{url: 'http://127.0.0.1:9/in', allow_private: true}]";

    assertThat(saved(channel, Reach.PUBLIC_ONLY).problems())
        .extracting(Problem::id)
        .containsExactly(ErrorId.ALERTS_PRIVATE);
    assertThat(saved(channel, Reach.PRIVATE_TOO).problems()).isEmpty();
    String global = "global: {allow_private: true}\n" + file("webhook_configs: []");
    assertThat(
            AlertsFile.parse(global, Secrets.ofFolder(Optional.empty(), Reach.PUBLIC_ONLY), "")
                .problems())
        .extracting(Problem::id)
        .containsExactly(ErrorId.ALERTS_PRIVATE);
  }

  @Test
  void shouldCheckNamesWhereTheSecretsAreNot() {
    Secrets known = Secrets.named(Set.of("slack-url", "Key_1.", "hook"), Reach.PUBLIC_ONLY);
    String good =
        file(
            """
            slack_configs: [{api_url_file: slack-url}, {api_url_file: Key_1.}]
                pagerduty_configs: [{routing_key_file: Key_1.}]
                webhook_configs: [{url: 'https://h.example', secrets_file: hook}]""");

    assertThat(AlertsFile.parse(good, known, "").problems()).isEmpty();
    assertThat(
            AlertsFile.parse(good.replace("slack-url", "absent"), known, "").problems().toString())
        .contains("EVK-ALERTS-SECRET", "it has Key_1., hook, slack-url");
  }

  @Test
  void shouldCoverEverySecretThatStandsInTheText() {
    String text =
        """
        # \ud83d\ude00 receivers
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs: [{api_url: 'https://hooks.example/geheim1'}]
            pagerduty_configs:
              - routing_key: geheim-key-2   # the key
            webhook_configs:
              - url: https://h.example/in?token=geheim3
                secrets:
                  - "whsec_AAAA"
                  - whsec_BBBB
              - url: https://open.example/in
            alertmanager_configs:
              - url: https://am.example
                bearer_token: |
                  geheim4
        """;
    AlertsFile file = AlertsFile.parse(text, folder, "");

    assertThat(file.problems()).isEmpty();
    assertThat(file.shown())
        .doesNotContain("geheim")
        .doesNotContain("whsec_")
        .contains("\ud83d\ude00 receivers", "# the key", "url: https://open.example/in")
        .hasLineCount((int) text.lines().count() - 1);
    assertThat(AlertsFile.parse(file.shown(), Secrets.named(Set.of(), Reach.PUBLIC_ONLY), ""))
        .extracting(AlertsFile::problems)
        .asString()
        .doesNotContain("not YAML");
  }

  @Test
  void shouldShowNothingWhenASecretIsWrittenTwice() {
    AlertsFile file =
        AlertsFile.parse(
            file("pagerduty_configs: [{routing_key: geheim-key}] # geheim-key"), folder, "");

    assertThat(file.problems()).isEmpty();
    assertThat(file.shown()).isEqualTo(Cover.NOTHING_SHOWN);
  }
}
