package io.evenkeel.replay.point;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.SeededCases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointSortPropertyTest {
  @TempDir Path dir;

  @Test
  void shouldSortWhateverTheChunksAre() {
    SeededCases.forEach(
        60,
        random -> {
          Metrics metrics = new Metrics();
          List<Point> points = new ArrayList<>();
          int count = random.nextInt(200);
          try (PointFile file = PointFile.create(dir)) {
            for (int row = 0; row < count; row++) {
              int metric = metrics.note("m" + random.nextInt(3));
              Point point =
                  new Point(0, random.nextInt(40), row, metric, random.nextDouble(), Double.NaN);
              points.add(point);
              file.add(point);
            }
            Restarts restarts = Restarts.find(file, metrics);
            Restarts.Counter counter = restarts.counter();
            List<Point> wanted = new ArrayList<>();
            for (Point point : points) {
              wanted.add(
                  new Point(
                      counter.incarnationOf(point),
                      point.step(),
                      point.row(),
                      point.metric(),
                      point.value(),
                      point.wallSeconds()));
            }
            wanted.sort(Point.ORDER);
            List<Point> sorted = new ArrayList<>();
            try (PointSort sort = PointSort.of(file, restarts, dir, 1 + random.nextInt(50))) {
              for (Point point = sort.next(); point != null; point = sort.next()) {
                sorted.add(point);
              }
            }
            assertThat(sorted).isEqualTo(wanted);
          }
          try (var left = Files.list(dir)) {
            assertThat(left).isEmpty();
          }
        });
  }
}
