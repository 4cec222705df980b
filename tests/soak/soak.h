// SPDX-License-Identifier: MIT
#ifndef SOAK_H
#define SOAK_H

#include "accounts.h"
#include "soakhost.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qhash.h>
#include <QtCore/qtimer.h>

#include <limits>

// Periods of faults, and after each a pause without clients in which the servers must be again
// what they were.
class Soak : public QObject
{
    Q_OBJECT

public:
    struct Settings
    {
        QString server;
        QString curve; // a file for comma-separated values; empty: none
        int seconds = 60;
        int clients = 40;         // of each server
        int secondsOfFaults = 40; // between two pauses
    };

    explicit Soak(const Settings &settings);

    const Accounts &accounts() const { return m_accounts; }

Q_SIGNALS:
    void ended();

private:
    void disturb();
    void beginFaults();
    void beginPause();
    // What a server takes.
    struct Figures
    {
        qint64 resident = std::numeric_limits<qint64>::max();
        qint64 descriptors = std::numeric_limits<qint64>::max();
        qint64 timers = std::numeric_limits<qint64>::max();
    };

    void inspect(SoakHost *host, bool isSteady, const QString &name);
    void judge(SoakHost *host, bool isSteady, const QString &name, const QVariantMap &state);
    void hostIsBack();
    // Whether the server that is never started again is what it was in the first pause. That pause
    // lasts until nothing becomes less any more.
    bool isBackToBase(const Figures &now);
    void compareWithBase(const Figures &now);

    const Settings m_settings;
    Accounts m_accounts;
    SoakHost m_steady;   // never started again: what it loses it has lost for good
    SoakHost m_deployed; // with an I/O thread, and started again
    QTimer m_seconds;
    QElapsedTimer m_time;
    QFile m_curve;
    // The least of the first pause; what a later pause of the first few has less of lowers it.
    Figures m_base;
    int m_unchanged = 0; // how many times the first pause was looked at since something became less
    int m_periods = 0;
    int m_secondsLeft = 0;
    QHash<SoakHost *, int> m_attempts; // of this pause
    int m_waitsFor = 0;
};

#endif
