package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.store.StoreException.Kind;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreExceptionTest {

  @ParameterizedTest
  @CsvSource({
    "08006, UNAVAILABLE",
    "57P01, UNAVAILABLE",
    "57P03, UNAVAILABLE",
    "55000, UNAVAILABLE",
    "40P01, UNAVAILABLE",
    "42P01, UNAVAILABLE",
    "25006, UNAVAILABLE",
    "53300, UNAVAILABLE",
    "XX001, UNAVAILABLE",
    "53100, DISK_FULL",
    "22003, REJECTED",
    "22P02, REJECTED",
    "23514, REJECTED",
    "54000, REJECTED",
    "XX000, REJECTED",
    "P0001, REJECTED",
  })
  void shouldTellTheServersTroublesFromTheRows(String state, Kind expected) {
    assertThat(StoreException.of(new SQLException("no", state)).kind()).isEqualTo(expected);
  }

  @Test
  void shouldTakeAFailureWithoutAStateForAnAbsentServer() {
    assertThat(StoreException.of(new SQLException("pool timeout")).kind())
        .isEqualTo(Kind.UNAVAILABLE);
    assertThat(Kind.UNAVAILABLE.errorId()).isEqualTo(ErrorId.DB_UNAVAILABLE);
    assertThat(Kind.DISK_FULL.errorId()).isEqualTo(ErrorId.DB_DISK_FULL);
    assertThat(Kind.REJECTED.errorId()).isEqualTo(ErrorId.STORE_REJECTED);
  }
}
