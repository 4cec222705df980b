// SPDX-License-Identifier: MIT
#include "soak.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A process keeps some of what it has freed.
constexpr double MostGrowth = 1.25;
constexpr qint64 Slack = 8 * 1024 * 1024;
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
        m_curve.write("second,server,resident,descriptors,rooms,said,heard,recovered\n");
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
    m_attempts = 0;
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

void Soak::judge(SoakHost *host, bool isSteady, const QString &name, const QVariantMap &state)
{
    // The inspector is a client, and its socket has a room.
    const bool isEmpty = state.value(u"clients"_s).toInt() == 1
        && state.value(u"sockets"_s).toInt() == 1 && state.value(u"rooms"_s).toInt() == 1;
    // Connections of requests outlive their sessions for as long as they may be used again.
    const qint64 descriptors = state.value(u"descriptors"_s).toLongLong();
    const bool isBack =
        isEmpty && (!isSteady || m_periods == 0 || descriptors <= m_baseDescriptors);
    if (!isBack && ++m_attempts < MostAttempts) {
        QTimer::singleShot(500ms, this,
                           [this, host, isSteady, name] { inspect(host, isSteady, name); });
        return;
    }
    const qint64 resident = state.value(u"resident"_s).toLongLong();
    if (!isEmpty)
        m_accounts.mistake(u"%1: %2 clients, %3 sockets, %4 rooms are left"_s.arg(name)
                               .arg(state.value(u"clients"_s).toInt())
                               .arg(state.value(u"sockets"_s).toInt())
                               .arg(state.value(u"rooms"_s).toInt()));
    if (state.value(u"missed"_s).toInt() > 0)
        m_accounts.mistake(u"%1: %2 of what clients have said was skipped"_s.arg(name).arg(
            state.value(u"missed"_s).toInt()));
    if (isSteady && m_periods == 0) {
        m_baseResident = resident;
        m_baseDescriptors = descriptors;
    } else if (isSteady) {
        if (descriptors > m_baseDescriptors)
            m_accounts.mistake(
                u"descriptors: %1 after %2"_s.arg(descriptors).arg(m_baseDescriptors));
        if (double(resident) > double(m_baseResident) * MostGrowth + double(Slack))
            m_accounts.mistake(u"resident bytes: %1 after %2"_s.arg(resident).arg(m_baseResident));
    }
    if (m_curve.isOpen()) {
        m_curve.write(u"%1,%2,%3,%4,%5,%6,%7,%8\n"_s.arg(m_time.elapsed() / 1000)
                          .arg(name)
                          .arg(resident)
                          .arg(descriptors)
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
    if (m_time.elapsed() >= qint64(m_settings.seconds) * 1000 || !m_accounts.mistakes.isEmpty())
        Q_EMIT ended();
    else
        beginFaults();
}
