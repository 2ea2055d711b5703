using System.Text;
using Stackmeta.Agent;

namespace Stackmeta;

/// <summary>Where agent and API are asked, and how a request is signed that looks like an agent's.</summary>
sealed class HopPlaces
{
    HopPlaces() { }

    /// <summary>The agent's unix socket, unless who proxies to it names another.</summary>
    public required string AgentSocket { get; init; }

    /// <summary>The API that the agent asks; null when it is the agent's own process.</summary>
    public UpstreamOptions? Api { get; init; }

    /// <summary>Null when it cannot be read.</summary>
    public byte[]? Secret { get; init; }

    /// <summary>Why <see cref="Secret"/> cannot be read.</summary>
    public string? SecretProblem { get; init; }

    /// <summary>Those of our own hops.</summary>
    public static HopPlaces Of(SettingValues settings, DataFolder folder)
    {
        var api =
            settings.IsSet(KnownSettings.AgentApi) ? settings.Get(KnownSettings.AgentApi)
            : settings.Get(KnownSettings.ApiListen) is [var first, ..] ? new Uri($"http://{first}")
            : null;
        byte[]? secret = null;
        string? problem = null;
        try
        {
            secret = SharedSecret.Read(folder.SharedSecretFile);
        }
        catch (SettingsException e)
        {
            problem = e.Problems[0].ToString();
        }
        return new()
        {
            AgentSocket = folder.AgentSocket,
            Api = api is null ? null : new UpstreamOptions { Api = api },
            Secret = secret,
            SecretProblem = problem,
        };
    }

    /// <summary>Those that Neutron's files name.</summary>
    /// <exception cref="Stackmeta.OpenStack.ConfigurationException">A certificate cannot be used.</exception>
    public static HopPlaces Of(NeutronAgentPlan plan) =>
        new()
        {
            AgentSocket = plan.Socket.Path,
            Api = plan.Nova is null ? NeutronAgentHop.Upstream(plan) : null,
            Secret = Encoding.UTF8.GetBytes(plan.Neutron.SharedSecret),
        };

    /// <summary>Nothing of it: it holds a secret.</summary>
    public override string ToString() => nameof(HopPlaces);
}
