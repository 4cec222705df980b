// SPDX-License-Identifier: MIT
#ifndef GROWTH_H
#define GROWTH_H

#include <QtCore/qstring.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <limits>

// Measures how the time that something takes grows with its size.
struct Growth
{
    static constexpr int Factor = 8;

    qint64 small = 0; // ns
    qint64 large = 0; // ns, of Factor times as much

    // What is quadratic takes Factor * Factor times as long. Caches, the allocator and the
    // machine's other work cost large sizes more than their share, but not that much.
    bool isAtMostLinearithmic() const
    {
        constexpr qint64 Unmeasurable = 2'000'000;
        return large < Unmeasurable || large <= small * Factor * Factor / 2;
    }
    QString text() const
    {
        return QStringLiteral("%1 times as much took %2 times as long: %3 ms and %4 ms")
            .arg(Factor)
            .arg(double(large) / double(std::max<qint64>(small, 1)), 0, 'f', 1)
            .arg(double(small) / 1e6)
            .arg(double(large) / 1e6);
    }
};

// The best of a few runs of each size.
inline Growth measureGrowth(const std::function<void(int n)> &work, int size = 4000)
{
    const auto time = [&work](int n) {
        qint64 best = std::numeric_limits<qint64>::max();
        for (int i = 0; i < 3; ++i) {
            const std::clock_t start = std::clock(); // of this process: the machine may be busy
            work(n);
            best = std::min(best, qint64(std::clock() - start) * (1'000'000'000 / CLOCKS_PER_SEC));
        }
        return best;
    };
    Growth growth;
    growth.small = time(size);
    growth.large = time(size * Growth::Factor);
    return growth;
}

#endif
