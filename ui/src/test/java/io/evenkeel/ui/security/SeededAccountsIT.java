package io.evenkeel.ui.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.TestApplication;
import io.evenkeel.ui.WriterDatabase;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Where the first accounts come from, over starts of the dashboard. One dashboard at a time: they
 * share the holder of security contexts, which is the process's.
 */
@ExtendWith(OutputCaptureExtension.class)
class SeededAccountsIT {
  private static final String KAFKA = "127.0.0.1:1";
  private static final Pattern FIRST = Pattern.compile("its password is (\\S+) and is shown");

  @TempDir static Path folder;

  @AfterEach
  void logOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void shouldShowTheFirstPasswordOnceWhenThereIsNoAccount(CapturedOutput output) throws Exception {
    try (WriterDatabase empty = WriterDatabase.startEmpty(folder.resolve("empty"))) {
      try (TestApplication first = TestApplication.start(empty, KAFKA)) {
        // Whoever comes first waits until the accounts are there.
        first.logIn(TestApplication.browser(), "admin", "a guess");
        Matcher told = FIRST.matcher(output.getOut());
        assertThat(told.find()).isTrue();
        HttpClient browser = TestApplication.browser();
        first.logIn(browser, "admin", told.group(1));
        assertThat(first.isIn(browser)).isTrue();
      }
      int length = output.getOut().length();
      try (TestApplication second = TestApplication.start(empty, KAFKA)) {
        second.logIn(TestApplication.browser(), "admin", "a guess");
        assertThat(FIRST.matcher(output.getOut().substring(length)).find()).isFalse();
      }
    }
  }

  @Test
  void shouldKeepAChangedPasswordUntilTheEnvironmentHasANewOne() throws Exception {
    WriterDatabase database = WriterDatabase.start(folder.resolve("db"));
    String first = "--evenkeel.ui.operator-password=first of operators";
    try (TestApplication one = TestApplication.start(database, KAFKA, first)) {
      HttpClient other = TestApplication.browser();
      one.logIn(other, "operator", "first of operators");
      assertThat(one.isIn(other)).isTrue();
      as("operator", Role.OPERATOR);
      one.bean(Accounts.class).changeOwnPassword("first of operators", "chosen by its owner", "");
      assertThat(one.isIn(other)).isFalse();
    }
    try (TestApplication again = TestApplication.start(database, KAFKA, first)) {
      assertThat(again.logIn(TestApplication.browser(), "operator", "first of operators"))
          .contains("error");
      assertThat(again.logIn(TestApplication.browser(), "operator", "chosen by its owner"))
          .doesNotContain("error");
      for (int i = 0; i < Lockout.FREE_OF_A_NAME; i++) {
        again.logIn(TestApplication.browser(), "guessed", "a guess");
      }
    }
    // As many as an evening of guesses leaves behind, with the waits between them.
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          "insert into dashboard.activity (at, actor, action, subject, outcome, detail, address)"
              + " select now(), actor, action, subject, outcome, detail, address"
              + " from dashboard.activity, generate_series(1, 2) where actor = 'guessed'");
    }
    try (TestApplication reset =
        TestApplication.start(
            database, KAFKA, "--evenkeel.ui.operator-password=second of operators")) {
      assertThat(reset.logIn(TestApplication.browser(), "operator", "second of operators"))
          .doesNotContain("error");
      assertThat(reset.logIn(TestApplication.browser(), "guessed", "a guess"))
          .as("a restart gives no new guesses")
          .contains("wait=");
    }
    database.close();
  }

  private static void as(String name, Role role) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                name,
                null,
                List.of(
                    new SimpleGrantedAuthority("ROLE_" + role.name().toUpperCase(Locale.ROOT)))));
  }
}
