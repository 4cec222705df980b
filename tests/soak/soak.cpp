// SPDX-License-Identifier: MIT
#include "soak.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A process keeps some of what it has freed.
constexpr double MostGrowth = 1.1;
constexpr qint64 Slack = 1024 * 1024;
// Pauses that make the base line, and how often the first one must look the same: connections that
// may be used again are closed after five seconds.
constexpr int FirstPauses = 3;
constexpr int Unchanged = 12;
// Sessions may be taken up again for ten seconds, and a stalled client is noticed after six.
constexpr int MostAttempts = 60;

} // namespace

Soak::Soak(const Settings &settings)
    : m_settings(settings)
    , m_steady(settings.server, 0, &m_accounts)
    , m_deployed(settings.server, 1, &m_accounts)
    , m_curve(settings.curve)
{
    if (!settings.curve.isEmpty() && m_curve.open(QIODevice::WriteOnly))
        m_curve.write("second,server,resident,descriptors,timers,rooms,said,heard,recovered\n");
    m_seconds.callOnTimeout(this, &Soak::disturb);
    m_waitsFor = 2;
    for (SoakHost *host : {&m_steady, &m_deployed}) {
        connect(host, &SoakHost::listening, this, &Soak::hostIsBack);
        host->start();
    }
    m_time.start();
}

void Soak::hostIsBack()
{
    if (m_waitsFor > 0 && --m_waitsFor == 0)
        beginFaults();
}

void Soak::beginFaults()
{
    m_secondsLeft = m_settings.secondsOfFaults;
    m_steady.populate(m_settings.clients);
    m_deployed.populate(m_settings.clients);
    m_seconds.start(1000);
}

void Soak::disturb()
{
    if (--m_secondsLeft <= 0) {
        beginPause();
        return;
    }
    m_steady.disturb();
    if (m_deployed.isUp())
        m_deployed.disturb();
    if (m_secondsLeft == m_settings.secondsOfFaults / 2)
        m_deployed.deploy();
}

void Soak::beginPause()
{
    m_seconds.stop();
    m_waitsFor = 2;
    m_attempts.clear();
    for (SoakHost *host : {&m_steady, &m_deployed}) {
        host->calm();
        host->depopulate();
        inspect(host, host == &m_steady, host == &m_steady ? u"steady"_s : u"deployed"_s);
    }
}

void Soak::inspect(SoakHost *host, bool isSteady, const QString &name)
{
    host->askState([this, host, isSteady, name](const QVariantMap &state) {
        judge(host, isSteady, name, state);
    });
}

bool Soak::isBackToBase(const Figures &now)
{
    // Connections of requests outlive their sessions for as long as they may be used again.
    if (m_periods > 0)
        return now.descriptors <= m_base.descriptors && now.timers <= m_base.timers;
    const bool isLess = now.descriptors < m_base.descriptors || now.timers < m_base.timers;
    m_base.descriptors = std::min(m_base.descriptors, now.descriptors);
    m_base.timers = std::min(m_base.timers, now.timers);
    m_unchanged = isLess ? 0 : m_unchanged + 1;
    return m_unchanged >= Unchanged;
}

void Soak::compareWithBase(const Figures &now)
{
    if (m_periods > 0) {
        if (now.descriptors > m_base.descriptors)
            m_accounts.mistake(
                u"descriptors: %1 after %2"_s.arg(now.descriptors).arg(m_base.descriptors));
        if (now.timers > m_base.timers)
            m_accounts.mistake(u"timers: %1 after %2"_s.arg(now.timers).arg(m_base.timers));
        if (double(now.resident) > double(m_base.resident) * MostGrowth + double(Slack))
            m_accounts.mistake(
                u"resident bytes: %1 after %2"_s.arg(now.resident).arg(m_base.resident));
    }
    if (m_periods < FirstPauses) {
        m_base.resident = std::min(m_base.resident, now.resident);
        m_base.descriptors = std::min(m_base.descriptors, now.descriptors);
        m_base.timers = std::min(m_base.timers, now.timers);
    }
}

void Soak::judge(SoakHost *host, bool isSteady, const QString &name, const QVariantMap &state)
{
    // The inspector is a client, and its socket has a room.
    const bool isEmpty = state.value(u"clients"_s).toInt() == 1
        && state.value(u"sockets"_s).toInt() == 1 && state.value(u"rooms"_s).toInt() == 1;
    const Figures now{state.value(u"resident"_s).toLongLong(),
                      state.value(u"descriptors"_s).toLongLong(),
                      state.value(u"timers"_s).toLongLong()};
    const bool isBack = isEmpty && (!isSteady || isBackToBase(now));
    if (!isBack && ++m_attempts[host] < MostAttempts) {
        QTimer::singleShot(500ms, this,
                           [this, host, isSteady, name] { inspect(host, isSteady, name); });
        return;
    }
    if (!isEmpty)
        m_accounts.mistake(u"%1: %2 clients, %3 sockets, %4 rooms are left"_s.arg(name)
                               .arg(state.value(u"clients"_s).toInt())
                               .arg(state.value(u"sockets"_s).toInt())
                               .arg(state.value(u"rooms"_s).toInt()));
    if (state.value(u"missed"_s).toInt() > 0)
        m_accounts.mistake(u"%1: %2 of what clients have said was skipped"_s.arg(name).arg(
            state.value(u"missed"_s).toInt()));
    if (isSteady && isEmpty)
        compareWithBase(now);
    if (m_curve.isOpen()) {
        m_curve.write(u"%1,%2,%3,%4,%5,%6,%7,%8,%9\n"_s.arg(m_time.elapsed() / 1000)
                          .arg(name)
                          .arg(now.resident)
                          .arg(now.descriptors)
                          .arg(now.timers)
                          .arg(state.value(u"rooms"_s).toInt())
                          .arg(m_accounts.said)
                          .arg(m_accounts.heard)
                          .arg(m_accounts.recovered)
                          .toUtf8());
        m_curve.flush();
    }
    if (--m_waitsFor > 0)
        return;
    ++m_periods;
    // A single pause has nothing to be compared with.
    const bool isLongEnough =
        m_periods > 1 && m_time.elapsed() >= qint64(m_settings.seconds) * 1000;
    if (isLongEnough || !m_accounts.mistakes.isEmpty())
        Q_EMIT ended();
    else
        beginFaults();
}
