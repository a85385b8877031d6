package io.evenkeel.gateway.intake;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.body.Bodies;
import io.evenkeel.gateway.body.Body;
import io.evenkeel.gateway.body.BodyFormat;
import io.evenkeel.gateway.kafka.RecordSink;
import io.evenkeel.gateway.limit.RateLimits;
import io.evenkeel.gateway.problem.GatewayException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.json.JsonMapper;

/** The course of every request that brings records: admit, read, take, answer. */
public final class Receiver {

  private static final int OK = 200;
  private static final int MULTI_STATUS = 207;
  private static final String JSON_TYPE = "application/json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

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
   * Takes a request's records, and answers 200 or 207 with what became of each.
   *
   * @throws GatewayException every other status
   * @throws IOException if the connection breaks
   */
  public <T> void receive(
      RecordKind<T> kind,
      Intake.Source source,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
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
    byte[] body = JSON.writeValueAsBytes(report.members());
    response.setStatus(report.rejections().isEmpty() ? OK : MULTI_STATUS);
    response.setContentType(JSON_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
