// SPDX-License-Identifier: MIT
#ifndef BENCH_MEASUREMENT_H
#define BENCH_MEASUREMENT_H

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qeventloop.h>

// Waits until done() has been called so many times, and reports what each of them took: a row of the
// result is a line of JSON, which the program that compares clients reads at once.
class Measurement
{
public:
    // Without a name, nothing is reported.
    Measurement(const char *row, int count);

    [[nodiscard]] int missing() const { return m_count - m_done; }
    void done(int count = 1)
    {
        m_done += count;
        if (m_done >= m_count)
            m_loop.quit();
    }
    void wait(bool withMemory = false);

private:
    const char *m_row;
    const int m_count;
    int m_done = 0;
    const double m_cpu;
    const qint64 m_bytes;
    QElapsedTimer m_timer;
    QEventLoop m_loop;
};

#endif
