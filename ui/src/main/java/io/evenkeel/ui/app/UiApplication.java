package io.evenkeel.ui.app;

import com.vaadin.flow.component.dependency.StyleSheet;
import com.vaadin.flow.component.page.AppShellConfigurator;
import com.vaadin.flow.component.page.Inline;
import com.vaadin.flow.component.page.Push;
import com.vaadin.flow.server.AppShellSettings;
import com.vaadin.flow.spring.annotation.EnableVaadin;
import com.vaadin.flow.theme.aura.Aura;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * The dashboard as a process of its own. Configured by EVENKEEL_DB_URL, EVENKEEL_DB_USER,
 * EVENKEEL_DB_PASSWORD, EVENKEEL_KAFKA_BOOTSTRAP, SERVER_PORT and EVENKEEL_ADMIN_PASSWORD. It
 * starts and serves whether or not the database and Kafka answer.
 */
@SpringBootApplication(scanBasePackages = "io.evenkeel.ui")
@EnableVaadin("io.evenkeel.ui")
@Push
@StyleSheet(Aura.STYLESHEET)
@StyleSheet("evenkeel.css")
public class UiApplication implements AppShellConfigurator {

  /** Starts the dashboard. */
  public static void main(String[] arguments) {
    var application = new SpringApplication(UiApplication.class);
    application.addListeners(
        (ApplicationListener<ApplicationReadyEvent>)
            event -> {
              System.out.println("EVENKEEL-READY ui");
              System.out.flush();
            });
    application.run(arguments);
  }

  @Override
  public void configurePage(AppShellSettings settings) {
    settings.setPageTitle("Evenkeel");
    settings.setViewport("width=device-width, initial-scale=1");
    settings.addFavIcon("icon", "evenkeel.svg", "any");
    // Before the first paint, or a dark page would flash white.
    settings.addInlineWithContents(
        Inline.Position.PREPEND,
        """
        try {
          var s = localStorage.getItem('evenkeel.color-scheme') || 'light dark';
          document.documentElement.style.colorScheme = s;
          if (s === 'light' || s === 'dark') document.documentElement.setAttribute('theme', s);
        } catch (e) { document.documentElement.style.colorScheme = 'light dark'; }
        """,
        Inline.Wrapping.JAVASCRIPT);
  }
}
