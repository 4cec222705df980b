// SPDX-License-Identifier: MIT
#include "turnprobe.h"

namespace Bench {

TurnProbe::TurnProbe(Loop &loop)
    : m_client(webSocketClient(loop, *this, 0))
{
}

TurnProbe::~TurnProbe() = default;

void TurnProbe::ask()
{
    m_answer.clear();
    m_client->send(R"(20["turns"])");
}

void TurnProbe::ready(Client &, std::string_view)
{
    m_isConnected = true;
}

void TurnProbe::packet(Client &, std::string_view text)
{
    if (text.size() < 5 || text.substr(0, 3) != "30[" || text.back() != ']')
        fail("unexpected packet: " + std::string(text));
    m_answer = text.substr(3, text.size() - 4);
}

void TurnProbe::attachment(Client &, std::string_view)
{
    fail("unexpected attachment");
}

void TurnProbe::left(Client &) { }

} // namespace Bench
