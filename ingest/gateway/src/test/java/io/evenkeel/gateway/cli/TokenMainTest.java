package io.evenkeel.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.gateway.token.TokenFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenMainTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path dir;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Instant now = NOW;

  @Test
  void shouldPrintTheTokenAloneAndKeepItsHashWhenCreated() throws Exception {
    assertThat(token("create", "--runs", "team-a-*", "--expires", "30", "--id", "a")).isZero();

    String secret = out.toString().strip();
    assertThat(secret).matches("evk_[A-Za-z0-9_-]{43}");
    assertThat(err.toString()).contains("Token a for runs team-a-* until 2026-03-31T12:00:00Z");
    assertThat(err.toString()).doesNotContain(secret);
    assertThat(Files.readString(file())).doesNotContain(secret);
    assertThat(new TokenFile(file()).read())
        .singleElement()
        .satisfies(
            token -> {
              assertThat(token.runs().covers("team-a-7")).isTrue();
              assertThat(token.runs().covers("team-b-7")).isFalse();
              assertThat(token.isExpired(Instant.parse("2026-03-31T12:00:00Z"))).isTrue();
            });
  }

  @Test
  void shouldWriteAFileOfItsOwnerAloneWhenToldWhere() throws Exception {
    Path into = dir.resolve("secrets/first-token");

    assertThat(token("create", "--runs", "*", "--into", into.toString())).isZero();

    assertThat(out.toString()).isEmpty();
    assertThat(Files.readString(into)).startsWith("evk_");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(into)))
        .isEqualTo("rw-------");
  }

  @Test
  void shouldMakeNoTokenWhenItsFileIsThereAlready() throws Exception {
    Path into = Files.writeString(dir.resolve("mine"), "precious");

    assertThat(token("create", "--runs", "*", "--into", into.toString())).isEqualTo(1);

    assertThat(err.toString()).startsWith("EVK-GATEWAY-TOKEN-FILE");
    assertThat(Files.readString(into)).isEqualTo("precious");
    assertThat(new TokenFile(file()).read()).isEmpty();
  }

  @Test
  void shouldListWithoutSecretsAndRevokeWhenAsked() throws Exception {
    token("create", "--runs", "one", "--id", "first", "--expires", "1");
    token("create", "--runs", "*", "--id", "second");
    List<String> secrets = out.toString().lines().toList();
    now = NOW.plusSeconds(86_400);
    out.getBuffer().setLength(0);

    assertThat(token("list")).isZero();

    assertThat(out.toString().lines())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("ID"),
            first ->
                assertThat(first)
                    .startsWith("first ")
                    .contains(" one ")
                    .endsWith("2026-03-02T12:00:00Z (expired)"),
            second -> assertThat(second).startsWith("second ").endsWith("never"));
    assertThat(out.toString()).doesNotContain(secrets);

    assertThat(token("revoke", "first")).isZero();
    assertThat(new TokenFile(file()).read())
        .singleElement()
        .hasFieldOrPropertyWithValue("id", "second");
    assertThat(token("revoke", "first")).isEqualTo(1);
    assertThat(err.toString()).contains("EVK-CONFIG-INVALID: ").contains("no token first");
  }

  @Test
  void shouldSayWhatIsWrongWhenMistaken() throws Exception {
    for (List<String> mistake :
        List.of(
            List.of("create"),
            List.of("create", "--runs", "a/b"),
            List.of("create", "--runs", "*", "--expires", "0"),
            List.of("create", "--runs", "*", "--expires", "9999999999"),
            List.of("create", "--runs", "*", "--expires", "soon"),
            List.of("create", "--runs", "*", "--id", "no spaces"),
            List.of("revoke"),
            List.of("steal"))) {
      err.getBuffer().setLength(0);
      assertThat(token(mistake.toArray(String[]::new))).as("%s", mistake).isNotZero();
      assertThat(err.toString()).as("%s", mistake).startsWith("EVK-CONFIG-INVALID: ");
    }
    assertThat(out.toString()).isEmpty();
    assertThat(new TokenFile(file()).read()).isEmpty();
  }

  @Test
  void shouldUseTheNamedFileWhenTheEnvironmentNamesOne() throws Exception {
    Path named = dir.resolve("elsewhere/t.json");

    int status =
        TokenMain.run(
            new String[] {"create", "--runs", "*"},
            Map.of("EVENKEEL_GATEWAY_TOKENS", named.toString()),
            Clock.fixed(NOW, ZoneOffset.UTC),
            new PrintWriter(out, true),
            new PrintWriter(err, true));

    assertThat(status).isZero();
    assertThat(new TokenFile(named).read()).hasSize(1);
  }

  @Test
  void shouldKeepEveryTokenWhenTheFileIsDamaged() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "[{\"id\": ");

    assertThat(token("create", "--runs", "*")).isEqualTo(1);

    assertThat(err.toString()).startsWith("EVK-GATEWAY-TOKEN-FILE");
    assertThat(Files.readString(file())).isEqualTo("[{\"id\": ");
  }

  private Path file() {
    return dir.resolve("gateway/tokens.json");
  }

  private int token(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("steal")) {
      all.addAll(List.of("--data", dir.toString()));
    }
    return TokenMain.run(
        all.toArray(String[]::new),
        Map.of(),
        Clock.fixed(now, ZoneOffset.UTC),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }
}
