package io.evenkeel.gateway.telemetry;

import io.evenkeel.gateway.intake.Intake;
import io.evenkeel.gateway.intake.Receiver;
import io.evenkeel.gateway.intake.RecordKind;
import io.evenkeel.gateway.token.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/** Takes telemetry. */
@RestController
class TelemetryController {

  private static final String PATH = "/api/v1/telemetry";

  private final Receiver receiver;

  TelemetryController(Receiver receiver) {
    this.receiver = receiver;
  }

  @PostMapping(PATH)
  void telemetry(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    receiver.receive(
        RecordKind.TELEMETRY, new Intake.Source(caller, PATH, null), request, response);
  }
}
