using Stackmeta.Core.Refusals;

namespace Stackmeta.Core.Lookups;

/// <summary>
/// The second question where no namespace tells the network: callers who ask the metadata API themselves, or through a provider's load
/// balancer (spec/nova-metadata.md §6.2, §6.4).
/// </summary>
public interface IAddressDirectory
{
    /// <summary>
    /// The one port in the whole cloud that has this fixed IP and a device. Does not throw for what the directory says or for its being
    /// down.
    /// </summary>
    ValueTask<PortAnswer> FindPortAsync(string address, CancellationToken cancellationToken);

    /// <summary>
    /// The one port with this fixed IP on the networks of a metadata provider. Does not throw for what the directory says or for its being
    /// down.
    /// </summary>
    ValueTask<ProviderPortAnswer> FindPortOfProviderAsync(
        string providerId,
        string address,
        CancellationToken cancellationToken
    );
}

/// <summary>A port on a provider's networks, or why there is none.</summary>
/// <param name="Port">Null when refused; its device id may be empty.</param>
/// <param name="Refusal"><see cref="Refusal.None"/>, <see cref="Refusal.PortNotFound"/>, <see cref="Refusal.PortAmbiguous"/> or
/// <see cref="Refusal.PortDirectoryUnavailable"/>.</param>
/// <param name="HasNetworks">False when no subnet names the provider.</param>
/// <param name="Matches">How many ports have the address.</param>
public readonly record struct ProviderPortAnswer(Port? Port, Refusal Refusal, bool HasNetworks, int Matches);
