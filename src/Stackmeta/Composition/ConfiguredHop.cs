using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>A hop that is what OpenStack's files say.</summary>
/// <param name="Hop">It runs.</param>
/// <param name="PrepareReload">
/// Makes all that other files and settings need, and changes nothing yet; what it returns makes them hold, and cannot fail. Addresses and
/// sockets stay what they are. Throws <see cref="ConfigurationException"/> when they cannot be used.
/// </param>
sealed record ConfiguredHop(IHop Hop, Func<OsloConfiguration, SettingValues, Action> PrepareReload);
