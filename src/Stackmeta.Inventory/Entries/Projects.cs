namespace Stackmeta.Inventory;

/// <summary>Facts about projects, which the inventory knows only as texts.</summary>
public static class Projects
{
    /// <summary>The owner of what is created without one: who runs guests without a cloud need not think of projects.</summary>
    public const string Default = "default";
}
