using System.Text;

namespace Stackmeta.Reference.Tests;

/// <summary>What no rule about the agent may ever excuse.</summary>
public sealed class AgentJudgeTests
{
    static readonly Answer[] Wrong =
    [
        Text(200, "i-deadbeef"),
        Text(200, ""),
        Text(500, "500 Internal Server Error"),
        Text(503, "503 Service Unavailable"),
        Text(403, "403 Forbidden"),
        new() { Status = 0 },
        new()
        {
            Status = 404,
            ContentTypes = ["text/plain"],
            Fault = "the answer is cut short",
        },
    ];

    [Fact]
    public void A_wrong_answer_is_excused_to_no_recorded_request()
    {
        var recording = NeutronRecordings.Read("agent");
        foreach (var request in recording.Requests)
        {
            var circumstances = new AgentCircumstances(
                new SentRequest(recording, request),
                Sent: null,
                BreaksOff: false,
                IsDown: false,
                RouterHasInterfaces: true,
                WithAddress: _ => null
            );
            Assert.All(
                Wrong,
                wrong => Assert.Null(AgentRules.Judge(request.Answer with { Body = [1] }, wrong, circumstances))
            );
        }
    }

    static Answer Text(int status, string body) =>
        new()
        {
            Status = status,
            ContentTypes = ["text/plain; charset=UTF-8"],
            Body = Encoding.UTF8.GetBytes(body),
        };
}
