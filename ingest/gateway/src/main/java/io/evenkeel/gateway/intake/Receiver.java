package io.evenkeel.gateway.intake;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.body.Bodies;
import io.evenkeel.gateway.body.Body;
import io.evenkeel.gateway.body.BodyFormat;
import io.evenkeel.gateway.kafka.RecordSink;
import io.evenkeel.gateway.limit.RateLimits;
import io.evenkeel.gateway.problem.GatewayException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.ResponseEntity;

/** The course of every request that brings records: admit, read, take, answer. */
public final class Receiver {

  private static final int MULTI_STATUS = 207;

  private final Bodies bodies;
  private final RateLimits rates;
  private final RecordSink sink;
  private final Intake intake;

  /** Receives by these. */
  public Receiver(Bodies bodies, RateLimits rates, RecordSink sink, Intake intake) {
    this.bodies = bodies;
    this.rates = rates;
    this.sink = sink;
    this.intake = intake;
  }

  /**
   * Takes a request's records.
   *
   * @return 200 or 207 with what became of each record
   * @throws GatewayException every other status
   * @throws IOException if the connection breaks
   */
  public <T> ResponseEntity<Map<String, Object>> receive(
      RecordKind<T> kind, Intake.Source source, HttpServletRequest request) throws IOException {
    rates.admit(source.caller());
    BodyFormat format = BodyFormat.of(request.getContentType());
    sink.require();
    IntakeReport report;
    try (Body body = bodies.read(request)) {
      report = intake.take(kind, source, body, format);
    }
    if (report.accepted() == 0 && !report.rejections().isEmpty()) {
      ErrorId first = report.rejections().getFirst().errorId();
      boolean all = report.rejections().stream().allMatch(each -> each.errorId() == first);
      throw GatewayException.allRefused(
          all ? first : ErrorId.WIRE_INVALID,
          "Every record was refused. The first: " + report.rejections().getFirst().message(),
          report.members());
    }
    return ResponseEntity.status(report.rejections().isEmpty() ? 200 : MULTI_STATUS)
        .body(report.members());
  }
}
