package io.evenkeel.trainer.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Texts of several domains as bytes. The end of each is held out from training. */
public final class Corpus implements DataSource {
  private static final int BYTES = 256;
  private static final List<String> BUNDLED = List.of("english", "spanish", "source", "numbers");
  private static final double HELD_OUT = 0.1;

  private final List<byte[]> texts;
  private final double heldOut;

  /** Which part of each text is drawn from. */
  public enum Part {
    /** The beginning, nine tenths unless said otherwise. */
    TRAINING,
    /** The end. */
    HELD_OUT
  }

  /** Of these texts, one a domain; each copied. A tenth is held out. */
  public Corpus(List<byte[]> texts) {
    this(texts, HELD_OUT);
  }

  private Corpus(List<byte[]> texts, double heldOut) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("a corpus needs at least one text");
    }
    this.texts = texts.stream().map(byte[]::clone).toList();
    this.heldOut = heldOut;
  }

  /** Reads files, each a domain; those that end in {@code .gz} are unpacked. */
  static Corpus read(List<Path> files, double heldOut) throws IOException {
    List<byte[]> texts = new ArrayList<>();
    for (Path file : files) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        texts.add(
            file.toString().endsWith(".gz")
                ? new GZIPInputStream(in).readAllBytes()
                : in.readAllBytes());
      }
    }
    return new Corpus(texts, heldOut);
  }

  /** The texts that come with Evenkeel: English and Spanish prose, source code, arithmetic. */
  public static Corpus bundled() {
    List<byte[]> texts = new ArrayList<>();
    for (String name : BUNDLED) {
      String resource = "/corpus/" + name + ".txt.gz";
      try (InputStream packed = Corpus.class.getResourceAsStream(resource)) {
        if (packed == null) {
          throw new IllegalStateException(resource + " is not in the build");
        }
        texts.add(new GZIPInputStream(packed).readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(resource, e);
      }
    }
    return new Corpus(texts);
  }

  @Override
  public int domains() {
    return texts.size();
  }

  @Override
  public int symbols() {
    return BYTES;
  }

  @Override
  public Batches batches(Drawing drawing, Mix mix) {
    return new BatchSource(this, drawing, mix);
  }

  /** Bytes of a part of a domain. */
  public int size(int domain, Part part) {
    int training = firstHeldOut(domain);
    return part == Part.TRAINING ? training : texts.get(domain).length - training;
  }

  /** The byte at {@code index} of a part of a domain, 0 to 255. */
  public int at(int domain, Part part, int index) {
    int from = part == Part.TRAINING ? 0 : firstHeldOut(domain);
    return Byte.toUnsignedInt(texts.get(domain)[from + index]);
  }

  private int firstHeldOut(int domain) {
    int length = texts.get(domain).length;
    return length - (int) (length * heldOut);
  }
}
