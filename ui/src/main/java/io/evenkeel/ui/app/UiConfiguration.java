package io.evenkeel.ui.app;

import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the features are given: the clock and the pollers' threads. */
@Configuration
class UiConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Few threads: each poll is a few queries, and the pool of connections is small. */
  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService pollers() {
    return Executors.newScheduledThreadPool(
        3, Thread.ofPlatform().name("livefeed-", 0).daemon().factory());
  }
}
