package io.evenkeel.gateway.problem;

import org.apache.catalina.Context;
import org.apache.catalina.Pipeline;
import org.apache.catalina.Valve;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Puts our own answers in the place of the web server's. */
@Configuration(proxyBeanMethods = false)
class ProblemBeans {

  // After Spring's own, which adds a page in HTML.
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemValve() {
    return factory -> factory.addContextCustomizers(ProblemBeans::answerProblems);
  }

  private static void answerProblems(Context context) {
    if (!(context.getParent() instanceof StandardHost host)) {
      throw new IllegalStateException("the context has no host");
    }
    Pipeline pipeline = host.getPipeline();
    for (Valve valve : pipeline.getValves()) {
      if (valve instanceof ErrorReportValve) {
        pipeline.removeValve(valve);
      }
    }
    pipeline.addValve(new ProblemValve());
    // The host would add a second one of its standard class.
    host.setErrorReportValveClass(ProblemValve.class.getName());
  }
}
