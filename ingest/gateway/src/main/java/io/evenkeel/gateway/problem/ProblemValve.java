package io.evenkeel.gateway.problem;

import io.evenkeel.contract.error.ErrorId;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers for what the web server refuses by itself, before there is a servlet: a request line or
 * header that is no HTTP, or is too long. Hangs up on who sends too slowly.
 */
final class ProblemValve extends ErrorReportValve {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemValve.class);
  private static final int FIRST_ERROR = 400;
  private static final int TIMEOUT = 408;
  private static final int FAULT = 500;

  // A body that is refused unread is read to its end, so that its sender gets to read the answer.
  // One
  // that was too slow would go on being slow.
  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    super.invoke(request, response);
    if (response.getStatus() == TIMEOUT) {
      request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = response.getStatus();
    if (status < FIRST_ERROR || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    AtomicBoolean open = new AtomicBoolean();
    response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, open);
    if (!open.get()) {
      return;
    }
    if (failure != null && status == FAULT) {
      LOG.error("{}", ErrorId.GATEWAY_FAULT.line(""), failure);
    }
    ErrorId errorId = Problem.errorId(status);
    // Which path was asked for is not known for certain: the form is that of the API.
    byte[] body = Problem.body(status, errorId, errorId.meaning(), Map.of());
    try {
      response.setContentType(Problem.MEDIA_TYPE);
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      LOG.debug("{}", errorId.line("Nobody waits for an answer."), e);
    }
  }
}
