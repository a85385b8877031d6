package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Problem;
import io.evenkeel.ui.problem.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Turns what the API's methods throw, and what Spring refuses, into problems. */
@RestControllerAdvice(basePackageClasses = ProblemAdvice.class)
class ProblemAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler(Refusal.class)
  void refused(Refusal refusal, HttpServletResponse response) throws IOException {
    Problem.write(response, refusal);
  }

  @ExceptionHandler(AccessDeniedException.class)
  void denied(AccessDeniedException denied, HttpServletResponse response) throws IOException {
    Problem.write(response, Refusal.forbidden(String.valueOf(denied.getMessage())));
  }

  @ExceptionHandler(MethodArgumentTypeMismatchException.class)
  void parameter(MethodArgumentTypeMismatchException mismatch, HttpServletResponse response)
      throws IOException {
    Problem.write(
        response,
        Refusal.invalid(
            ErrorId.API_INVALID,
            "The parameter " + mismatch.getName() + " is not of its type, or out of its range."));
  }

  @ExceptionHandler(HttpMessageNotReadableException.class)
  void body(HttpServletResponse response) throws IOException {
    Problem.write(response, Refusal.invalid(ErrorId.API_INVALID, "The body is no JSON object."));
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  void database(Exception e, HttpServletResponse response) throws IOException {
    if (e instanceof BadSqlGrammarException) {
      Problem.write(
          response,
          Refusal.unavailable(
              ErrorId.DB_MIGRATION, "The database lacks tables; the writer makes them."));
      LOG.warn(ErrorId.DB_MIGRATION.line(""), e);
      return;
    }
    LOG.warn("{} ({})", ErrorId.DB_UNAVAILABLE.line(""), e.toString());
    Problem.write(
        response, Refusal.unavailable(ErrorId.DB_UNAVAILABLE, "The database does not answer now."));
  }

  /** The caller is gone: there is nobody to answer. */
  @ExceptionHandler(AsyncRequestNotUsableException.class)
  void gone() {}

  @ExceptionHandler(Exception.class)
  void other(Exception e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (e instanceof ErrorResponse refusal && refusal.getStatusCode().is4xxClientError()) {
      Problem.write(
          response,
          Refusal.invalid(
              ErrorId.API_REQUEST,
              request.getMethod() + " of " + request.getRequestURI() + " cannot be answered so."));
      return;
    }
    LOG.error("{}", ErrorId.API_FAULT.line(""), e);
    if (!response.isCommitted()) {
      response.reset();
      Problem.write(response, Refusal.fault());
    }
  }
}
