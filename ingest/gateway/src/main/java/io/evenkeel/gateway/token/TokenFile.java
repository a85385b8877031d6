package io.evenkeel.gateway.token;

import io.evenkeel.contract.error.Check;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file of tokens: a JSON array of {@code {id, sha256, runs, created, expires?}}. It is replaced
 * as a whole, readable by its owner alone; writers in several processes take turns. A token has 256
 * random bits, so that one round of SHA-256 is enough to keep it from being guessed. Thread-safe.
 */
public final class TokenFile {

  /** What every token begins with. */
  public static final String PREFIX = "evk_";

  private static final int RANDOM_BYTES = 32;
  private static final long MAX_BYTES = 16 << 20;
  private static final Set<String> FIELDS = Set.of("id", "sha256", "runs", "created", "expires");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path path;

  /**
   * A token just made.
   *
   * @param secret what the caller sends; it can never be shown again
   * @param token what is kept of it
   */
  public record Created(String secret, Token token) {

    /** Without the secret. */
    @Override
    public String toString() {
      return token.toString();
    }
  }

  /** The file at {@code path}, which need not be there. */
  public TokenFile(Path path) {
    this.path = path;
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * All tokens, expired ones too, in the order in which they were made; none if there is no file.
   *
   * @throws IOException if it cannot be read or is not such a file; the message says where
   */
  public List<Token> read() throws IOException {
    byte[] bytes;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new IOException(path + " is larger than " + MAX_BYTES + " bytes");
      }
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return parse(bytes);
  }

  /**
   * Makes a token and writes the file.
   *
   * @param id names it; no other may have that name
   * @param runs the runs that it covers
   * @param created now
   * @param expires from when on it is refused; null for never
   * @throws IllegalArgumentException if the id is no id or is taken
   * @throws IOException if the file cannot be read or written; it is then as it was
   */
  public Created create(String id, RunPattern runs, Instant created, @Nullable Instant expires)
      throws IOException {
    byte[] random = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(random);
    String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Token token = new Token(id, sha256(secret), runs, created, expires);
    update(
        tokens -> {
          Check.that(
              tokens.stream().noneMatch(known -> known.id().equals(id)),
              "there is a token with the id " + id + " already");
          List<Token> more = new ArrayList<>(tokens);
          more.add(token);
          return more;
        });
    return new Created(secret, token);
  }

  /**
   * Takes a token out; gateways refuse it within a second.
   *
   * @return false if there is none of that id
   * @throws IOException if the file cannot be read or written; it is then as it was
   */
  public boolean revoke(String id) throws IOException {
    boolean[] found = new boolean[1];
    update(
        tokens -> {
          List<Token> rest = new ArrayList<>(tokens);
          found[0] = rest.removeIf(token -> token.id().equals(id));
          return rest;
        });
    return found[0];
  }

  /** SHA-256 of a token, hexadecimal. */
  static String sha256(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void update(UnaryOperator<List<Token>> change) throws IOException {
    Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "the root is no file");
    Files.createDirectories(folder);
    synchronized (TokenFile.class) {
      try (FileChannel lock = open(folder, path.getFileName() + ".lock");
          FileLock held = lock.lock()) {
        Check.that(held.isValid(), "the lock is held");
        List<Token> before = read();
        List<Token> after = change.apply(before);
        if (!after.equals(before)) {
          replace(folder, after);
        }
      }
    }
  }

  private void replace(Path folder, List<Token> tokens) throws IOException {
    String name = path.getFileName() + ".new";
    Path written = folder.resolve(name);
    Files.deleteIfExists(written);
    try (FileChannel channel = open(folder, name)) {
      ByteBuffer bytes = ByteBuffer.wrap(print(tokens));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static FileChannel open(Path folder, String name) throws IOException {
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return FileChannel.open(
        folder.resolve(name),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        ownerOnly);
  }

  private static byte[] print(List<Token> tokens) {
    List<Map<String, String>> array = new ArrayList<>();
    for (Token token : tokens) {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("id", token.id());
      fields.put("sha256", token.sha256());
      fields.put("runs", token.runs().text());
      fields.put("created", token.created().toString());
      Instant expires = token.expires();
      if (expires != null) {
        fields.put("expires", expires.toString());
      }
      array.add(fields);
    }
    return (JSON.writeValueAsString(array) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private List<Token> parse(byte[] bytes) throws IOException {
    JsonNode array;
    try {
      array = JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw new IOException(path + " is no JSON: " + e.getOriginalMessage(), e);
    }
    if (array == null || !array.isArray()) {
      throw new IOException(path + " is no JSON array");
    }
    Map<String, Token> tokens = new LinkedHashMap<>();
    for (JsonNode entry : array) {
      String where = path + ", entry " + (tokens.size() + 1) + ": ";
      Token token;
      try {
        token = token(entry);
      } catch (IllegalArgumentException | DateTimeParseException e) {
        throw new IOException(where + e.getMessage(), e);
      }
      if (tokens.put(token.id(), token) != null) {
        throw new IOException(where + "the id " + token.id() + " stands there twice");
      }
    }
    return List.copyOf(tokens.values());
  }

  private static Token token(JsonNode entry) {
    Check.that(entry.isObject(), "it is no object");
    for (String name : entry.propertyNames()) {
      // A misspelt "expires" must not become a token for ever.
      Check.that(FIELDS.contains(name), "there is no field " + name);
    }
    String expires = entry.has("expires") ? text(entry, "expires") : null;
    return new Token(
        text(entry, "id"),
        text(entry, "sha256"),
        new RunPattern(text(entry, "runs")),
        Instant.parse(text(entry, "created")),
        expires == null ? null : Instant.parse(expires));
  }

  private static String text(JsonNode entry, String name) {
    JsonNode value = entry.get(name);
    Check.that(value != null && value.isString(), name + " is missing or no text");
    return value.stringValue();
  }
}
