package io.evenkeel.gateway.intake;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.body.Body;
import io.evenkeel.gateway.body.BodyFormat;
import io.evenkeel.gateway.intake.IntakeReport.Rejection;
import io.evenkeel.gateway.kafka.Outgoing;
import io.evenkeel.gateway.kafka.RecordSink;
import io.evenkeel.gateway.letter.DeadLetters;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.limit.RateLimits;
import io.evenkeel.gateway.problem.GatewayException;
import io.evenkeel.gateway.token.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes the records of a body into Kafka. */
public final class Intake {

  private static final int MAX_MESSAGE = 300;

  private final RecordSink sink;
  private final DeadLetters letters;
  private final RateLimits rates;
  private final IntakeMeters meters;
  private final RecordCutter cutter;
  private final Limits limits;
  private final Clock clock;

  /** Takes records within {@code limits} into {@code sink}, refused ones into {@code letters}. */
  public Intake(
      RecordSink sink,
      DeadLetters letters,
      RateLimits rates,
      Limits limits,
      IntakeMeters meters,
      Clock clock) {
    this.sink = sink;
    this.letters = letters;
    this.rates = rates;
    this.limits = limits;
    this.meters = meters;
    this.cutter = new RecordCutter(limits.records());
    this.clock = clock;
  }

  /**
   * Where records come from.
   *
   * @param caller whose request it is
   * @param path the path that it was sent to
   * @param run the only run that it may speak of; null for all that the caller covers
   */
  public record Source(Caller caller, String path, @Nullable String run) {}

  /**
   * Takes the records of a body and waits for Kafka.
   *
   * @throws GatewayException 400 if the body cannot be cut into records, 413 if it holds too many,
   *     503 if Kafka is away
   */
  public <T> IntakeReport take(RecordKind<T> kind, Source source, Body body, BodyFormat format) {
    Instant now = clock.instant();
    List<byte[]> records;
    try {
      records = cutter.cut(body, format);
    } catch (GatewayException e) {
      rates.charge(source.caller(), 1, body.length());
      meters.refused(kind.label(), e.errorId());
      letters.keep(
          source.path(),
          DeadLetters.start(body.bytes(), body.length()),
          body.length(),
          new DeadLetters.Reason(e.errorId(), e.detail()),
          now);
      throw e;
    }
    rates.charge(source.caller(), records.size(), body.length());
    meters.bytes(kind.label(), body.length());
    RecordReader<T> reader = new RecordReader<>(kind, limits.jsonRecordBytes());
    List<Outgoing> outgoing = new ArrayList<>(records.size());
    List<Integer> places = new ArrayList<>(records.size());
    List<Rejection> rejections = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      try {
        RecordReader.Read<T> read = reader.read(records.get(i), format, now);
        check(source, kind.run().apply(read.value()));
        outgoing.add(new Outgoing(kind.topic(), kind.key().apply(read.value()), read.encoded()));
        places.add(i);
      } catch (RecordReader.Refused e) {
        rejections.add(rejection(i, e.errorId(), String.valueOf(e.getMessage())));
      }
    }
    return send(kind.label(), source, outgoing, places::get, records::get, rejections, now);
  }

  /**
   * Sends records that were read elsewhere, and keeps the refused ones as dead letters.
   *
   * @param label names the kind in metrics
   * @param source where they come from; whoever calls has checked the scope and charged the rates
   * @param accepted valid records
   * @param place the place in the body of the n-th of {@code accepted}
   * @param original the bytes that stood at a place of the body
   * @param rejections the refused records
   * @throws GatewayException 503 if Kafka is away
   */
  public IntakeReport send(
      String label,
      Source source,
      List<Outgoing> accepted,
      Function<Integer, Integer> place,
      Function<Integer, byte[]> original,
      List<Rejection> rejections,
      Instant now) {
    List<Outgoing> all = new ArrayList<>(accepted);
    for (Rejection rejection : rejections) {
      byte[] value = original.apply(rejection.index());
      all.add(DeadLetters.letter(source.path(), value, value.length, reason(rejection), now));
    }
    List<Rejection> refused = new ArrayList<>(rejections);
    for (RecordSink.Refusal refusal : sink.send(all)) {
      if (refusal.index() < accepted.size()) {
        Rejection rejection =
            rejection(place.apply(refusal.index()), ErrorId.WIRE_OVERSIZED, refusal.reason());
        refused.add(rejection);
        byte[] value = original.apply(rejection.index());
        letters.keep(source.path(), value, value.length, reason(rejection), now);
      }
    }
    refused.sort(Comparator.comparingInt(Rejection::index));
    int taken = accepted.size() - (refused.size() - rejections.size());
    meters.accepted(label, taken);
    refused.forEach(rejection -> meters.refused(label, rejection.errorId()));
    return new IntakeReport(taken, refused);
  }

  private static void check(Source source, String run) throws RecordReader.Refused {
    if (!source.caller().covers(run)) {
      throw new RecordReader.Refused(ErrorId.GATEWAY_SCOPE, source.caller().refusal(run));
    }
    if (source.run() != null && !source.run().equals(run)) {
      throw new RecordReader.Refused(
          ErrorId.WIRE_INVALID,
          "the record is of the run " + run + ", the path of " + source.run());
    }
  }

  private static Rejection rejection(int index, ErrorId errorId, String message) {
    return new Rejection(
        index,
        errorId,
        message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...");
  }

  private static DeadLetters.Reason reason(Rejection rejection) {
    return new DeadLetters.Reason(rejection.errorId(), rejection.message());
  }
}
