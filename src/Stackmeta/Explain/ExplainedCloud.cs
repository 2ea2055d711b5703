using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Lookups;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>A live cloud, as far as a host's configuration files lead to it: Neutron for ports, Nova for instances.</summary>
sealed class ExplainedCloud : IAsyncDisposable
{
    readonly Owned _owned = new();

    ExplainedCloud(HopPlaces places) => Places = places;

    public HopPlaces Places { get; }

    public INetworkPortDirectory Ports { get; private set; } = null!;

    public StoreQuestions Questions { get; private set; } = null!;

    /// <summary>Makes no connection yet.</summary>
    /// <param name="neutronFiles">neutron.conf and metadata_agent.ini.</param>
    /// <param name="novaFiles">nova.conf; none where this host has none, and then nobody reads records.</param>
    /// <param name="settings">The program's settings.</param>
    /// <exception cref="ConfigurationException">A file cannot be used.</exception>
    public static async Task<ExplainedCloud> OfAsync(
        IReadOnlyList<string> neutronFiles,
        IReadOnlyList<string> novaFiles,
        SettingValues settings
    )
    {
        var plan = NeutronAgentPlan.Of(
            AgentConfiguration.Read(neutronFiles, Environment.GetEnvironmentVariable),
            nova: null,
            settings
        );
        var cloud = new ExplainedCloud(HopPlaces.Of(plan));
        try
        {
            cloud.Ports = NeutronAgentHop.DirectoryOf(
                plan,
                cloud._owned,
                TimeProvider.System,
                NullLoggerFactory.Instance
            );
            var instances =
                novaFiles.Count == 0
                    ? null
                    : cloud._owned.Add(
                        new NovaInstanceSource(
                            NovaConfiguration.Read(novaFiles, Environment.GetEnvironmentVariable).Databases,
                            NullLogger<NovaInstanceSource>.Instance,
                            TimeProvider.System
                        )
                    );
            cloud.Questions = new(cloud.Ports, instances);
            return cloud;
        }
        catch (FormatException e)
        {
            await cloud.DisposeAsync();
            throw new ConfigurationException(e.Message, e);
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _owned.DisposeAsync();
}
