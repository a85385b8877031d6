package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers what no other method does; the pages' servlet would answer a page. */
@RestController
class NoSuchPath {

  @RequestMapping("/api/**")
  @Needs(Role.VIEWER)
  void none(HttpServletRequest request) {
    throw Refusal.notFound(
        ErrorId.API_REQUEST,
        "There is no " + request.getMethod() + " of " + request.getRequestURI() + ".");
  }
}
