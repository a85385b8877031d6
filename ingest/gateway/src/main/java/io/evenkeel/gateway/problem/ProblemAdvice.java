package io.evenkeel.gateway.problem;

import io.evenkeel.contract.error.ErrorId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.apache.coyote.BadRequestException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Turns what controllers throw, and what Spring refuses, into problems. */
@RestControllerAdvice
class ProblemAdvice {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
  private static final int BAD_REQUEST = 400;
  private static final int FAULT = 500;

  @ExceptionHandler(GatewayException.class)
  void refused(GatewayException refusal, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Problem.write(request, response, refusal);
    if (refusal.errorId() == ErrorId.GATEWAY_TIMEOUT) {
      // Else the web server, which has met a timeout too, answers in its own words.
      response.flushBuffer();
    }
  }

  @ExceptionHandler(MethodArgumentTypeMismatchException.class)
  void parameter(
      MethodArgumentTypeMismatchException mismatch,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Problem.write(
        request,
        response,
        BAD_REQUEST,
        ErrorId.GATEWAY_REQUEST,
        "The parameter " + mismatch.getName() + " is no whole number in its range.",
        Map.of());
  }

  /** The caller is gone: there is nobody to answer. */
  @ExceptionHandler(AsyncRequestNotUsableException.class)
  void gone() {}

  /** The connection broke, or what comes over it is no HTTP. */
  @ExceptionHandler(BadRequestException.class)
  void broken(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!response.isCommitted()) {
      Problem.write(
          request,
          response,
          BAD_REQUEST,
          ErrorId.GATEWAY_REQUEST,
          "The request could not be read to its end.",
          Map.of());
    }
  }

  @ExceptionHandler(Exception.class)
  void other(Exception e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (e instanceof ErrorResponse refusal && refusal.getStatusCode().is4xxClientError()) {
      refusal.getHeaders().forEach((name, values) -> response.setHeader(name, values.getFirst()));
      Problem.write(
          request,
          response,
          refusal.getStatusCode().value(),
          ErrorId.GATEWAY_REQUEST,
          request.getMethod() + " cannot be answered here.",
          Map.of());
      return;
    }
    LOG.error("{}", ErrorId.GATEWAY_FAULT.line(""), e);
    if (!response.isCommitted()) {
      response.reset();
      Problem.write(
          request, response, FAULT, ErrorId.GATEWAY_FAULT, "A fault of the gateway.", Map.of());
    }
  }
}
