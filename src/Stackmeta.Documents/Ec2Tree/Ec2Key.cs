using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary>A key of <c>meta-data/</c>.</summary>
/// <param name="Name">As it stands in the path.</param>
/// <param name="Since">The first version that has it.</param>
/// <param name="Read">Its value for an instance.</param>
sealed record Ec2Key(string Name, int Since, Ec2Reading Read);

delegate Ec2Value Ec2Reading(Instance instance, in Ec2Scope scope);

/// <summary>What values depend on beside the instance.</summary>
readonly record struct Ec2Scope(RenderContext Context, string DomainSuffix, bool IsKeyPerLine);
