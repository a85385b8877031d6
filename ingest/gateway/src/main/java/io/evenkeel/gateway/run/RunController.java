package io.evenkeel.gateway.run;

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

/** Takes declarations of runs. */
@RestController
class RunController {

  private static final String PATH = "/api/v1/runs";

  private final Receiver receiver;

  RunController(Receiver receiver) {
    this.receiver = receiver;
  }

  @PostMapping(PATH)
  void runs(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    receiver.receive(RecordKind.RUN, new Intake.Source(caller, PATH, null), request, response);
  }
}
