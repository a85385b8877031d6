package io.evenkeel.gateway.otlp;

import com.google.protobuf.util.JsonFormat;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.body.Bodies;
import io.evenkeel.gateway.body.Body;
import io.evenkeel.gateway.body.BodyFormat;
import io.evenkeel.gateway.letter.DeadLetters;
import io.evenkeel.gateway.limit.MemoryBudget;
import io.evenkeel.gateway.limit.RateLimits;
import io.evenkeel.gateway.problem.GatewayException;
import io.evenkeel.gateway.token.Caller;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/**
 * OTLP/HTTP metrics. Runs on a virtual thread, which waits until the steps of the export are
 * stored.
 */
@RestController
final class OtlpController {

  private static final String PATH = "/v1/metrics";
  private static final String PROTOBUF = "application/x-protobuf";
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** An exporter gives up after ten seconds. */
  private static final Duration ANSWER_LIMIT = Duration.ofMillis(9_500);

  private final Bodies bodies;
  private final MemoryBudget memory;
  private final RateLimits rates;
  private final StepAssembler assembler;
  private final DeadLetters letters;
  private final OtlpMeters meters;
  private final InstantSource clock;

  OtlpController(
      Bodies bodies,
      MemoryBudget memory,
      RateLimits rates,
      StepAssembler assembler,
      DeadLetters letters,
      OtlpMeters meters,
      Clock clock) {
    this.bodies = bodies;
    this.memory = memory;
    this.rates = rates;
    this.assembler = assembler;
    this.letters = letters;
    this.meters = meters;
    this.clock = clock;
  }

  @PostMapping(PATH)
  ResponseEntity<byte[]> metrics(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, HttpServletRequest request)
      throws IOException {
    rates.admit(caller);
    BodyFormat format = BodyFormat.of(request.getContentType());
    if (format == BodyFormat.NDJSON) {
      throw GatewayException.unsupported("OTLP is protobuf or JSON.");
    }
    Tally tally = new Tally();
    CompletableFuture<Void> stored;
    Kept kept;
    try (Body body = bodies.read(request)) {
      long expanded = OtlpDecoder.objectBytes(format, body.length());
      memory.reserve(expanded);
      try {
        stored = take(caller, body, format, tally);
      } finally {
        memory.release(expanded);
      }
      kept = keep(body);
    }
    try {
      await(stored);
      if (tally.refused() > 0) {
        letter(kept, new DeadLetters.Reason(tally.firstReason(), tally.sentences()));
      }
    } finally {
      memory.release(kept.start().length);
    }
    meters.count(tally);
    if (tally.isAllRefused()) {
      throw GatewayException.allRefused(tally.firstReason(), tally.sentences(), Map.of());
    }
    return answer(tally, format);
  }

  /** What a dead letter needs of an export, of which a point may yet be refused. */
  @SuppressWarnings("ArrayRecordComponent") // Made once, read once, never compared.
  private record Kept(byte[] start, int length) {}

  private Kept keep(Body body) {
    byte[] start = DeadLetters.start(body.bytes(), body.length());
    memory.reserve(start.length);
    return new Kept(start, body.length());
  }

  private void letter(Kept kept, DeadLetters.Reason reason) {
    letters.keep(PATH, kept.start(), kept.length(), reason, clock.instant());
  }

  private CompletableFuture<Void> take(Caller caller, Body body, BodyFormat format, Tally tally) {
    List<Point> points;
    try {
      ByteBuffer bytes = ByteBuffer.wrap(body.bytes(), 0, body.length());
      ExportMetricsServiceRequest export =
          format == BodyFormat.JSON ? OtlpDecoder.json(bytes) : OtlpDecoder.protobuf(bytes);
      points = PointReader.read(export, caller::covers, tally);
    } catch (OtlpException e) {
      rates.charge(caller, 1, body.length());
      String why = String.valueOf(e.getMessage());
      letter(
          new Kept(DeadLetters.start(body.bytes(), body.length()), body.length()),
          new DeadLetters.Reason(e.errorId(), why));
      throw e.errorId() == ErrorId.WIRE_OVERSIZED
          ? GatewayException.tooLarge(why)
          : GatewayException.unreadable(e.errorId(), why);
    }
    // A step is a record; its points count by their bytes.
    long steps =
        points.stream().map(point -> new StepId(point.rank(), point.step())).distinct().count();
    rates.charge(caller, Math.max(1, steps), body.length());
    return assembler
        .take(points, tally)
        .orElseThrow(
            () ->
                GatewayException.unavailable(
                    ErrorId.GATEWAY_BUSY, "Too many steps wait to be stored.", RETRY));
  }

  private static void await(CompletableFuture<Void> stored) {
    try {
      stored.get(ANSWER_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof GatewayException refusal
          ? refusal
          : GatewayException.unavailable(
              ErrorId.KAFKA_UNAVAILABLE, String.valueOf(e.getCause()), RETRY);
    } catch (TimeoutException e) {
      throw GatewayException.unavailable(
          ErrorId.KAFKA_UNAVAILABLE, "Kafka has not acknowledged every step in time.", RETRY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GatewayException.unavailable(ErrorId.GATEWAY_BUSY, "The gateway stops.", RETRY);
    }
  }

  private static ResponseEntity<byte[]> answer(Tally tally, BodyFormat format) throws IOException {
    ExportMetricsServiceResponse.Builder response = ExportMetricsServiceResponse.newBuilder();
    if (tally.refused() > 0) {
      response.setPartialSuccess(
          ExportMetricsPartialSuccess.newBuilder()
              .setRejectedDataPoints(tally.refused())
              .setErrorMessage(tally.sentences()));
    }
    return switch (format) {
      case JSON ->
          ResponseEntity.ok()
              .contentType(MediaType.APPLICATION_JSON)
              .body(
                  JsonFormat.printer()
                      .omittingInsignificantWhitespace()
                      .print(response)
                      .getBytes(StandardCharsets.UTF_8));
      default ->
          ResponseEntity.ok()
              .contentType(MediaType.parseMediaType(PROTOBUF))
              .body(response.build().toByteArray());
    };
  }
}
