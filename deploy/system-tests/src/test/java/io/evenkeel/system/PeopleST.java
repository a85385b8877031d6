package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Two people at two browsers, an admin and an operator, with a run that goes on: what one does the
 * other sees, and it takes effect in the run, in the alerts and in who is told of them.
 */
@ExtendWith(SharedStack.class)
@Order(38)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PeopleST {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String RUN = "people";
  private static final String KNOB = "load_balance.alpha";
  private static final String RULE = "people-loss";
  private static final String OF_RULE = " where run = '" + RUN + "' and rule = '" + RULE + "'";
  private static final int PROPOSALS = 5;

  @TempDir static Path dir;

  private static Evenkeel evenkeel;
  private static Person admin;
  private static Person operator;
  private static volatile boolean training = true;
  private static CompletableFuture<Void> trained;

  @BeforeAll
  static void start(Evenkeel shared) throws Exception {
    evenkeel = shared;
    String home = evenkeel.awaitLine("Dashboard", LIMIT).strip().split("\\s+")[1];
    String password = evenkeel.awaitLine("Password", LIMIT).strip().split("\\s+")[1];
    admin = new Person(dir.resolve("admin"), home, "admin", password);
    operator = new Person(dir.resolve("operator"), home, "operator", Evenkeel.OPERATOR_PASSWORD);
    HttpTrainer trainer =
        new HttpTrainer(new GatewayClient(evenkeel.gateway(), evenkeel.firstToken()), RUN);
    trainer.declare();
    admin.logIn();
    operator.logIn();
    // Before the first step, so that nothing is done that nobody was asked about.
    admin.open("control/" + RUN);
    admin.browser().click(By.cssSelector("#mode vaadin-radio-button:nth-of-type(2)"));
    admin.awaitText("requests", "done");
    trained =
        CompletableFuture.runAsync(
            () -> {
              try {
                trainer.trainWhile(() -> training);
                trainer.finish();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @AfterAll
  static void stop() throws Exception {
    training = false;
    try (Person first = admin;
        Person second = operator) {
      if (trained != null) {
        trained.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException e) {
      throw new AssertionError("the trainer has failed", e.getCause());
    }
  }

  @Test
  @Order(1)
  void shouldLetOneApprovalCountWhenTwoPeopleGiveIt() {
    operator.open("control/" + RUN);
    String both = null;
    for (int i = 0; i < PROPOSALS && both == null; i++) {
      String proposal = awaitProposal(admin);
      WebElement first = awaitApprove(admin, proposal);
      WebElement second = awaitApprove(operator, proposal);
      first.click();
      // Who is too slow does not get to it: the proposal is gone from the page. Then the next one.
      if (clickIfThere(second)) {
        both = proposal;
      }
      awaitGone(admin, proposal);
      awaitGone(operator, proposal);
    }

    assertThat(both).as("a proposal that both approved").isNotNull();
    admin.browser().await("one refusal", page -> outcomes().contains("refused"));
    assertThat(outcomes()).contains("done", "refused").doesNotContain("failed");
    assertThat(Stream.of(admin, operator).map(who -> who.text("requests")).toList())
        .anyMatch(
            said ->
                said.contains("EVK-CONTROL-PROPOSAL-UNKNOWN")
                    && said.contains("There is no open proposal"));
    operator.page().awaitRow("commands", KNOB, "applied");
  }

  @Test
  @Order(2)
  void shouldHoldAndStopForBothWhenEitherDoes() throws Exception {
    admin.open("control/" + RUN);
    operator.open("control/" + RUN);
    operator.browser().click(By.id("knob-hold-" + KNOB));
    admin.browser().see(By.cssSelector("[id='knob-" + KNOB + "'][data-held='held']"));
    admin.page().set(KNOB, "0.9");
    admin.awaitText("requests", "EVK-KNOB-HELD");
    operator.browser().click(By.id("knob-hold-" + KNOB));
    admin.browser().see(By.cssSelector("[id='knob-" + KNOB + "'][data-held='released']"));

    confirm(admin, "stop");
    operator.awaitText("kill-state", "no command leaves");
    String commands = "select count(*) from ui_v1_commands where run = '" + RUN + "'";
    double sent = evenkeel.number(commands);
    operator.page().set(KNOB, "0.8");
    operator.awaitText("requests", "EVK-CONTROL-KILLED");
    assertThat(evenkeel.number(commands)).isEqualTo(sent);
    confirm(operator, "release");
    admin.awaitText("kill-state", "off");
    admin.open("audit?run=" + RUN + "&actor=operator&decision=refused");
    admin.awaitText("audit", "EVK-CONTROL-KILLED");
  }

  @Test
  @Order(3)
  void shouldFireInTheRunWhenARuleIsEditedAndOverwriteNothingOfSomebodyElse() throws Exception {
    admin.open("rules");
    admin.browser().click(By.id("rule-new"));
    admin.browser().type(By.cssSelector("#rule-field-rule input"), RULE);
    admin.browser().type(By.cssSelector("#rule-field-run input"), RUN);
    typeExpression(admin, "loss > 1000.0");
    admin.awaitText("rule-verdict", "The job takes");
    admin.browser().click(By.id("rule-save"));
    admin.awaitText("rule-outcome", "saved");
    admin.awaitText("rules", RULE);

    operator.open("rules?rule=" + RULE + "&run=" + RUN);
    operator.awaitText("rule-verdict", "The job takes");
    typeExpression(operator, "loss > 0.0");
    operator.awaitText("rule-verdict", "The job takes");
    admin.open("alerts?rule=" + RULE);
    admin.awaitText("alerts-open", "No open alert matches");
    admin.open("rules?rule=" + RULE + "&run=" + RUN);
    admin.awaitText("rule-verdict", "The job takes");
    operator.browser().click(By.id("rule-save"));
    operator.awaitText("rule-outcome", "saved");

    admin.awaitText("rule-note", "Changed meanwhile by operator");
    admin.browser().click(By.id("rule-save"));
    admin.awaitText("rule-outcome", "was changed by operator");
    operator.open("alerts?rule=" + RULE + "&state=firing");
    operator.awaitText("alerts-open", RULE);
    evenkeel.awaitNumber("select count(*) from ui_v1_alerts" + OF_RULE, n -> n == 1, LIMIT);
  }

  @Test
  @Order(4)
  void shouldTellNobodyWhileAnAlertIsSilenced() throws Exception {
    String told =
        "select count(*) from ui_v1_webhook_deliveries" + OF_RULE + " and state = 'firing'";
    evenkeel.awaitNumber(told + " and status = 'delivered'", n -> n == 1, LIMIT);
    operator.open("alerts?rule=" + RULE);
    operator.browser().click(By.cssSelector("#alerts-open [data-rule='" + RULE + "']"));
    operator.awaitText("alert-title", RULE);
    operator.browser().see(By.cssSelector("#card-evidence[data-state='loaded']"));
    operator.browser().click(By.id("acknowledge"));
    operator.awaitText("alert-standing", "Taken on by operator");
    operator.browser().click(By.id("silence"));
    operator.choose("silence-length", "30 minutes");
    operator.browser().type(By.cssSelector("#silence-reason input"), "Known <i>rough</i> start");
    operator.browser().click(By.cssSelector("vaadin-button[slot='confirm-button']"));

    admin.open("alerts?rule=" + RULE);
    admin.awaitText("silences", "Known <i>rough</i> start");
    assertThat(admin.text("silences")).contains("by operator", "min left", "rule=\"" + RULE);
    admin.awaitText("alerts-open", "silenced: nobody is told");

    turnRule("Switch off", "switched off");
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_alerts" + OF_RULE + " and state = 'resolved'",
        n -> n == 1,
        LIMIT);
    turnRule("Switch on", "switched on");
    evenkeel.awaitNumber(told, n -> n == 2, LIMIT);
    assertThat(evenkeel.number(told + " and status = 'delivered'")).isEqualTo(1);

    admin.open("alerts?rule=" + RULE);
    admin.browser().click(By.cssSelector(".end-silence"));
    evenkeel.awaitNumber(told + " and status = 'delivered'", n -> n == 2, LIMIT);
    assertThat(
            evenkeel.number(
                told
                    + " and delivered_at >= (select max(ends_at) from controller.silence"
                    + " where creator = 'operator')"))
        .as("told after the silence has ended, and not before")
        .isEqualTo(1);
    operator.open("alerts?rule=" + RULE);
    operator.awaitText("deliveries", RULE);
    operator
        .browser()
        .await("no silence", page -> page.findElements(By.cssSelector("[data-silence]")).isEmpty());
  }

  @Test
  @Order(5)
  void shouldComeBackToTheSamePageThroughTheLoginWhenTheDashboardIsKilled() throws Exception {
    admin.open("alerts?rule=" + RULE);
    admin.awaitText("alerts-open", RULE);
    String address = admin.browser().address();

    evenkeel.kill("ui");

    // Its sessions went with it: nobody is in who was not asked again.
    admin.browser().await("the login", page -> page.getCurrentUrl().contains("/login"));
    admin.passLogin();
    admin
        .browser()
        .await("the page that was open", page -> page.getCurrentUrl().startsWith(address));
    admin.awaitText("alerts-open", RULE);
  }

  private static void turnRule(String button, String outcome) {
    operator.open("rules?rule=" + RULE + "&run=" + RUN);
    operator.awaitText("rule-turn", button);
    operator.browser().click(By.id("rule-turn"));
    operator.awaitText("rule-outcome", outcome);
  }

  private static void typeExpression(Person person, String expression) {
    WebElement field =
        person
            .browser()
            .see(By.id("rule-expression"))
            .getShadowRoot()
            .findElement(By.cssSelector(".cm-content"));
    field.click();
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
    field.sendKeys(expression);
    person
        .browser()
        .await("the text typed", page -> field.getText().replace("\n", "").equals(expression));
  }

  private static void confirm(Person person, String word) {
    person.browser().click(By.id("kill-switch"));
    person.browser().type(By.cssSelector(".confirm-word input"), word);
    person.browser().click(By.cssSelector(".confirm-deed:not([disabled])"));
  }

  private static String awaitProposal(Person person) {
    return person.browser().see(By.cssSelector("[data-proposal]")).getDomAttribute("data-proposal");
  }

  private static WebElement awaitApprove(Person person, String proposal) {
    return person.browser().see(By.cssSelector("[data-proposal='" + proposal + "'] .approve"));
  }

  private static boolean clickIfThere(WebElement button) {
    try {
      button.click();
      return true;
    } catch (org.openqa.selenium.WebDriverException e) {
      return false;
    }
  }

  private static void awaitGone(Person person, String proposal) {
    person
        .browser()
        .await(
            "no proposal " + proposal,
            page ->
                page.findElements(By.cssSelector("[data-proposal='" + proposal + "']")).isEmpty());
  }

  private static List<String> outcomes() {
    return Stream.of(admin, operator)
        .flatMap(
            person -> person.browser().driver().findElements(By.cssSelector(".request")).stream())
        .map(request -> request.getDomAttribute("data-state"))
        .toList();
  }
}
