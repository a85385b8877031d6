package io.evenkeel.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path dir;

  @Test
  void shouldMakeASecretOnceAndHideItWhenAskedAgain() throws Exception {
    Secrets secrets = new Secrets(new SecureRandom());
    String first;
    try (DataFolder folder = DataFolder.open(dir)) {
      first = folder.secret("admin-password", secrets::password);
    }
    try (DataFolder folder = DataFolder.open(dir)) {
      assertThat(folder.secret("admin-password", secrets::password)).isEqualTo(first).hasSize(20);
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(dir.resolve("admin-password"))))
        .isEqualTo("rw-------");
    assertThat(secrets.webhookSecret()).matches("whsec_[A-Za-z0-9+/]{43}=");
  }

  @Test
  void shouldKeepTheSinksPortWhileItIsFree() throws Exception {
    try (DataFolder folder = DataFolder.open(dir)) {
      int port = folder.sinkPort();
      assertThat(folder.sinkPort()).isEqualTo(port);
      try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        assertThat(folder.sinkPort()).isNotEqualTo(taken.getLocalPort());
      }
    }
  }

  @Test
  void shouldNameTheOtherProcessWhenTheFolderIsTaken() throws Exception {
    try (DataFolder folder = DataFolder.open(dir)) {
      assertThat(folder.root()).isEqualTo(dir.toRealPath());
      assertThatThrownBy(() -> DataFolder.open(dir))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("EVK-START-ALREADY-RUNNING")
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    DataFolder.open(dir).close();
  }
}
