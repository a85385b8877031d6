package io.evenkeel.gateway.token;

import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens in force. The file is looked at again at most once half a second, by whoever asks
 * next, and read when it has changed; one that cannot be read leaves the last good one in force.
 * Thread-safe.
 */
public final class Tokens {

  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
  private static final Stamp ABSENT = new Stamp(false, FileTime.fromMillis(0), 0, null);

  private final TokenFile file;
  private final Clock clock;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile State state;

  /** Which version of the file was read. */
  private record Stamp(boolean there, FileTime modified, long size, @Nullable Object fileKey) {}

  private record State(Instant looked, Stamp stamp, Map<String, Token> byHash) {}

  /** Tokens of {@code file}, read now. */
  public Tokens(TokenFile file, Clock clock) {
    this.file = file;
    this.clock = clock;
    this.state = new State(clock.instant(), stamp(), read(Map.of()));
  }

  /** Who sends {@code secret}; empty if it is unknown or has expired. */
  Optional<Caller> find(String secret) {
    String hash = TokenFile.sha256(secret);
    Token token = current().byHash().get(hash);
    // The map is keyed by a hash that the caller cannot steer; the comparison itself takes
    // as long whatever it finds.
    if (token == null
        || !MessageDigest.isEqual(
            token.sha256().getBytes(StandardCharsets.US_ASCII),
            hash.getBytes(StandardCharsets.US_ASCII))
        || token.isExpired(clock.instant())) {
      return Optional.empty();
    }
    return Optional.of(new Caller(token.id(), token.runs()));
  }

  /** Whether there is any token at all. */
  boolean isEmpty() {
    return current().byHash().isEmpty();
  }

  private State current() {
    State known = state;
    // Whoever comes while another looks takes what is known.
    if (isFresh(known) || !looking.tryLock()) {
      return known;
    }
    try {
      known = state;
      if (isFresh(known)) {
        return known;
      }
      Stamp stamp = stamp();
      Map<String, Token> byHash =
          stamp.equals(known.stamp()) ? known.byHash() : read(known.byHash());
      State looked = new State(clock.instant(), stamp, byHash);
      state = looked;
      return looked;
    } finally {
      looking.unlock();
    }
  }

  private boolean isFresh(State known) {
    Duration age = Duration.between(known.looked(), clock.instant());
    return !age.isNegative() && age.compareTo(BETWEEN_LOOKS) < 0;
  }

  private Stamp stamp() {
    try {
      BasicFileAttributes found = Files.readAttributes(file.path(), BasicFileAttributes.class);
      return new Stamp(true, found.lastModifiedTime(), found.size(), found.fileKey());
    } catch (NoSuchFileException e) {
      return ABSENT;
    } catch (IOException e) {
      return new Stamp(true, FileTime.fromMillis(0), -1, null);
    }
  }

  private Map<String, Token> read(Map<String, Token> before) {
    try {
      Map<String, Token> byHash = new HashMap<>();
      for (Token token : file.read()) {
        byHash.put(token.sha256(), token);
      }
      if (byHash.isEmpty()) {
        LOG.warn(
            "{}",
            ErrorId.GATEWAY_TOKEN.line(
                "There is no token in " + file.path() + ": every request is refused."));
      } else {
        LOG.info("{} tokens in {}", byHash.size(), file.path());
      }
      return Map.copyOf(byHash);
    } catch (IOException e) {
      LOG.error("{}", ErrorId.GATEWAY_TOKEN_FILE.line(e.getMessage() + "."));
      return before;
    }
  }
}
