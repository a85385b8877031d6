package io.evenkeel.ui.api;

import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Needs;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Asks for each method's role before it is called; a method that names none is called by nobody.
 */
@Configuration(proxyBeanMethods = false)
class RoleCheck implements WebMvcConfigurer, HandlerInterceptor {
  private final Access access;

  RoleCheck(Access access) {
    this.access = access;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry
        .addInterceptor(this)
        .addPathPatterns("/api/**")
        .excludePathPatterns(OpenApiController.PATH);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      return true;
    }
    @Nullable Needs needs =
        handler instanceof HandlerMethod method ? method.getMethodAnnotation(Needs.class) : null;
    if (needs == null) {
      throw Refusal.forbidden("Nobody may call this.");
    }
    if (!access.has(needs.value())) {
      throw Refusal.forbidden(
          "This needs the role " + needs.value().name().toLowerCase(Locale.ROOT) + ".");
    }
    return true;
  }
}
