package io.evenkeel.ui.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.ui.outbox.RecordOutbox;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** Rules put into force through a real broker, by two dashboards at once. */
class RuleActionsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;
  private static RuleTopic topic;
  private static RecordOutbox outbox;
  private static RuleActions actions;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(folder);
    kafka.createTopics(
        List.of(
            new NewTopic(Topics.RULES, 1, (short) 1), new NewTopic(Topics.AUDIT, 2, (short) 1)));
    topic = new RuleTopic(kafka.bootstrap());
    outbox = new RecordOutbox(kafka.bootstrap());
    actions = actions(topic);
    await("a first reading", () -> topic.shelf().reach() == RuleShelf.Reach.FOLLOWED);
  }

  @AfterAll
  static void stop() throws Exception {
    topic.destroy();
    outbox.destroy();
    kafka.close();
  }

  @AfterEach
  void logOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void shouldPutARuleIntoForceAndSayWhoDidItWhenAnOperatorSavesIt() throws Exception {
    logIn("ada", Role.OPERATOR);

    AlertRule written = done(actions.save(draft("saved", "loss > 3"), null));
    await("the rule", () -> find("saved").isPresent());

    assertThat(find("saved")).contains(written);
    assertThat(written.author()).isEqualTo("ada");
    assertThat(audit())
        .anySatisfy(
            entry -> {
              assertThat(entry.actor()).isEqualTo("operator:ada");
              assertThat(entry.scope()).isEqualTo("rules/saved");
              assertThat(entry.reason()).contains("created").contains("loss > 3");
            });

    AlertRule off = done(actions.turn(written, RuleState.DISABLED));
    await("the rule off", () -> find("saved").filter(off::equals).isPresent());
    done(actions.delete(off));
    await("no rule", () -> find("saved").isEmpty());
    assertThat(audit()).anySatisfy(entry -> assertThat(entry.reason()).contains("deleted"));
  }

  @Test
  void shouldRefuseTheSecondOfTwoPeopleWhenBothOpenedTheSameRule() throws Exception {
    logIn("ada", Role.OPERATOR);
    AlertRule first = done(actions.save(draft("shared", "loss > 3"), null));
    await("the rule", () -> find("shared").isPresent());
    var other = new RuleTopic(kafka.bootstrap());
    try {
      await("the other dashboard", () -> other.shelf().rules().contains(first));
      logIn("bob", Role.ADMIN);
      AlertRule second = done(actions(other).save(draft("shared", "loss > 4"), first.changed()));
      await("bob's rule", () -> find("shared").filter(second::equals).isPresent());

      logIn("ada", Role.OPERATOR);
      assertThatThrownBy(() -> actions.save(draft("shared", "loss > 5"), first.changed()))
          .isInstanceOf(RuleActions.ChangedMeanwhile.class)
          .hasMessageContaining("bob");
      assertThatThrownBy(() -> actions.delete(first))
          .isInstanceOf(RuleActions.ChangedMeanwhile.class);
      assertThat(find("shared")).contains(second);
    } finally {
      other.destroy();
    }
  }

  @Test
  void shouldKeepARunsOwnVersionBesideTheOneForAllRuns() throws Exception {
    logIn("ada", Role.OPERATOR);
    AlertRule all = done(actions.save(draft("both", "loss > 3"), null));
    AlertRule own = done(actions.save(draft("both", "loss > 9").forRun("night-2"), null));

    await("both", () -> topic.shelf().rules().containsAll(List.of(all, own)));
  }

  @Test
  void shouldChangeNothingWhenTheCallerMayOnlyLookOrTheJobWouldRefuse() {
    logIn("eve", Role.VIEWER);
    assertThatThrownBy(() -> actions.save(draft("not", "loss > 3"), null))
        .isInstanceOf(AccessDeniedException.class);
    logIn("ada", Role.OPERATOR);
    assertThatThrownBy(() -> actions.save(draft("not", "los > 3"), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("los");
    assertThat(find("not")).isEmpty();
  }

  @Test
  void shouldSayThatKafkaIsAwayWhenItIs() {
    var away = new RuleTopic("127.0.0.1:1");
    try {
      await("away", () -> away.shelf().reach() == RuleShelf.Reach.AWAY);
    } finally {
      away.destroy();
    }
  }

  private static RuleActions actions(RuleTopic seen) {
    return new RuleActions(new Access(), new RuleChecker(), seen, outbox, Clock.systemUTC());
  }

  private static Optional<AlertRule> find(String rule) {
    return topic.shelf().rules().stream()
        .filter(candidate -> candidate.rule().equals(rule) && candidate.run().isEmpty())
        .findFirst();
  }

  private static RuleDraft draft(String rule, String expression) {
    return new RuleDraft(
        rule, "", expression, Severity.WARNING, "", "", "1", "", "1", RuleState.ENABLED, "");
  }

  private static <T> T done(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static List<AuditEntry> audit() throws Exception {
    List<AuditEntry> entries = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(Topics.AUDIT).stream()
              .map(
                  info ->
                      new org.apache.kafka.common.TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          entries.add(Codecs.AUDIT_ENTRY.decode(record.value()));
        }
      }
    }
    return entries;
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(String what, Condition condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
  }

  private static void logIn(String name, Role role) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                name, null, List.of(new SimpleGrantedAuthority(role.authority()))));
  }
}
