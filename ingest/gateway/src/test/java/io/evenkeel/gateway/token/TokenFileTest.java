package io.evenkeel.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.testing.FakeClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

  private static final RunPattern ALL = new RunPattern("*");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;
  private TokenFile file;

  @BeforeEach
  void choose() {
    file = new TokenFile(folder.resolve("gateway").resolve("tokens.json"));
  }

  @Test
  void shouldKeepTheHashAloneReadableByTheOwnerAloneWhenCreated() throws Exception {
    TokenFile.Created created = file.create("laptop", new RunPattern("team-*"), NOW, null);

    assertThat(created.secret()).matches("evk_[A-Za-z0-9_-]{43}");
    assertThat(created).asString().doesNotContain(created.secret());
    assertThat(file.read()).containsExactly(created.token());
    assertThat(Files.readString(file.path()))
        .doesNotContain(created.secret())
        .contains(TokenFile.sha256(created.secret()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
    assertThat(file.path().resolveSibling("tokens.json.new")).doesNotExist();
  }

  @Test
  void shouldReadWhatItWroteWhenThereAreSeveral() throws Exception {
    Token first = file.create("a", ALL, NOW, NOW.plusSeconds(60)).token();
    Token second = file.create("b", new RunPattern("one"), NOW, null).token();

    assertThat(file.read()).containsExactly(first, second);
    assertThat(file.revoke("a")).isTrue();
    assertThat(file.revoke("a")).isFalse();
    assertThat(file.read()).containsExactly(second);
    assertThatIllegalArgumentException().isThrownBy(() -> file.create("b", ALL, NOW, null));
    assertThat(file.read()).containsExactly(second);
  }

  @Test
  void shouldLoseNoneWhenManyAreMadeAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      IntStream.range(0, 40)
          .forEach(
              i ->
                  threads.submit(() -> new TokenFile(file.path()).create("t" + i, ALL, NOW, null)));
    }

    Set<String> hashes = new HashSet<>();
    file.read().forEach(token -> hashes.add(token.sha256()));
    assertThat(hashes).hasSize(40);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "null",
        "[1]",
        "[{}]",
        "[{\"id\":\"a\",\"sha256\":\"00\",\"runs\":\"*\",\"created\":\"2026-01-01T00:00:00Z\"}]",
        "[{\"id\":\"a\",\"sha256\":\"HASH\",\"runs\":\"a*b\",\"created\":\"2026-01-01T00:00:00Z\"}]",
        "[{\"id\":\"a\",\"sha256\":\"HASH\",\"runs\":\"*\",\"created\":\"yesterday\"}]",
        "[{\"id\":\"a\",\"sha256\":\"HASH\",\"runs\":\"*\",\"created\":\"2026-01-01T00:00:00Z\",\"expire\":\"2026-01-01T00:00:00Z\"}]",
        "[{\"id\":\"a\",\"sha256\":\"HASH\",\"runs\":\"*\",\"created\":\"2026-01-01T00:00:00Z\",\"expires\":null}]"
      })
  void shouldRefuseTheWholeFileWhenItIsBroken(String text) throws Exception {
    Files.createDirectories(file.path().getParent());
    Files.writeString(file.path(), text.replace("HASH", TokenFile.sha256("x")));

    assertThatIOException().isThrownBy(() -> file.read()).withMessageContaining("tokens.json");
    assertThatIOException().isThrownBy(() -> file.create("new", ALL, NOW, null));
    assertThat(Files.readString(file.path()))
        .isEqualTo(text.replace("HASH", TokenFile.sha256("x")));
  }

  @Test
  void shouldFollowTheFileWhenItChanges() throws Exception {
    FakeClock clock = FakeClock.atNewYear();
    Tokens tokens = new Tokens(file, clock);
    assertThat(tokens.isEmpty()).isTrue();

    String secret = file.create("a", ALL, NOW, null).secret();
    assertThat(tokens.find(secret)).isEmpty();
    clock.advance(Duration.ofMillis(500));
    assertThat(tokens.find(secret)).hasValue(new Caller("a", ALL));
    assertThat(tokens.find(secret + "x")).isEmpty();

    Files.writeString(file.path(), "broken");
    clock.advance(Duration.ofMillis(500));
    assertThat(tokens.find(secret)).isPresent();

    Files.delete(file.path());
    clock.advance(Duration.ofMillis(500));
    assertThat(tokens.find(secret)).isEmpty();
    assertThat(tokens.isEmpty()).isTrue();
  }

  @Test
  void shouldRefuseFromTheMomentItExpires() throws Exception {
    FakeClock clock = FakeClock.atNewYear();
    Instant expires = clock.instant().plusSeconds(10);
    String secret = file.create("a", ALL, clock.instant(), expires).secret();
    Tokens tokens = new Tokens(file, clock);

    clock.set(expires.minusNanos(1));
    assertThat(tokens.find(secret)).isPresent();
    clock.set(expires);
    assertThat(tokens.find(secret)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "*,anything,true",
    "team-*,team-1,true",
    "team-*,team-,true",
    "team-*,team,false",
    "team-*,xteam-1,false",
    "one,one,true",
    "one,one2,false",
    "a.c,abc,false"
  })
  void shouldCoverByNamePrefixOrAll(String pattern, String run, boolean covered) {
    assertThat(new RunPattern(pattern).covers(run)).isEqualTo(covered);
  }

  @Test
  void shouldRefuseWhatIsNoPattern() {
    for (String text : List.of("", "**", "a*b", "*a", "-a", "a b", "a".repeat(129))) {
      assertThatIllegalArgumentException().isThrownBy(() -> new RunPattern(text));
    }
  }
}
